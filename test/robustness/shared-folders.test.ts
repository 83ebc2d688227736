import { existsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, startApp } from './support/app.ts';

const NAME = `igor-shared-${process.pid}.txt`;
const HOST_FILE = join(tmpdir(), `host-${NAME}`);

let app: App;
beforeAll(async () => {
	await writeFile(HOST_FILE, 'of the host');
	app = await startApp({ threads: 2 });
}, 20_000);
afterAll(async () => {
	await app.server.close();
	await rm(HOST_FILE);
});

const tmp = async (one: App, query: string): Promise<[string, string | false]> =>
	(await (await one.server.fetch(`/tmp.php?${query}`)).json()) as [string, string | false];

/** Answers of requests that run at the same time, so that both threads take some. */
const fromAllThreads = <T>(ask: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: 20 }, ask));

describe('/tmp', () => {
	test('is shared between the threads, and is not the one of the host', async () => {
		expect(await tmp(app, `file=${NAME}&write=from-php`)).toEqual(['/tmp', 'from-php']);
		for (const answer of await fromAllThreads(() => tmp(app, `file=${NAME}`))) expect(answer[1]).toBe('from-php');
		expect(existsSync(join(tmpdir(), NAME))).toBe(false);
		expect((await tmp(app, `file=host-${NAME}`))[1]).toBe(false);
	});

	test('is not shared with another server, and gone with its own', async () => {
		const other = await startApp({ threads: 1 });
		await tmp(app, `file=${NAME}&write=from-php`);
		expect((await tmp(other, `file=${NAME}`))[1]).toBe(false);
		const own = `own-${NAME}`;
		await tmp(other, `file=${own}&write=from-php`);
		// Servers of other tests come and go beside it: its folder is the one with this file.
		const folders = (await readdir(tmpdir())).filter((name) => /^igor-[A-Za-z0-9]{6}$/.test(name));
		const folder = folders.find((name) => existsSync(join(tmpdir(), name, own))) as string;
		expect(folder).toBeDefined();
		await other.server.close();
		expect(existsSync(join(tmpdir(), folder))).toBe(false);
	});
});

describe('sessions', () => {
	test('are shared between the threads', async () => {
		const first = await app.server.fetch('/session.php');
		expect(await first.text()).toBe('1');
		const cookie = (first.headers.get('set-cookie') ?? '').split(';')[0] as string;
		expect(cookie).toMatch(/^PHPSESSID=/);
		for (let count = 2; count <= 20; count++) {
			const [answer] = await Promise.all([
				app.server.fetch('/session.php', { headers: { cookie } }),
				// Keeps the other thread from being the one that is always asked.
				app.server.fetch('/hello.php'),
			]);
			expect(await answer.text()).toBe(`${count}`);
		}
	});
});
