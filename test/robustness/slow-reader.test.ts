import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, expectAlive, startApp } from './support/app.ts';

const BODY = 800 * 65_536;
const MEGABYTE = 1024 * 1024;

let app: App;
beforeAll(async () => {
	app = await startApp({ listen: 0, threads: 2 });
}, 20_000);
afterAll(() => app.server.close());

async function answersOthers(): Promise<void> {
	for (let i = 0; i < 200; i++) {
		expect(await (await fetch(`${app.server.url}/hello.php`)).text()).toBe('hello');
	}
}

describe('a client that reads a response of 50 MB slowly', () => {
	test('costs little memory, holds up nobody, and gets every byte', async () => {
		// Once in full before, so that everything that grows once has grown.
		await (await fetch(`${app.server.url}/fifty-megabytes.php`)).arrayBuffer();
		await answersOthers();
		const before = process.memoryUsage();
		const from = app.log.end;
		const request = get(`${app.server.url}/fifty-megabytes.php`);
		const [response] = await once(request, 'response');
		await once(response, 'readable');
		// Nobody reads: the script fills what there is of buffers, then waits.
		await answersOthers();
		const now = process.memoryUsage();
		expect(app.log.text(from)).not.toMatch(/fifty megabytes are sent/);
		expect((now.arrayBuffers - before.arrayBuffers) / MEGABYTE).toBeLessThan(10);
		expect((now.rss - before.rss) / MEGABYTE).toBeLessThan(40);
		const hash = createHash('sha1');
		let length = 0;
		for await (const chunk of response) {
			hash.update(chunk);
			length += chunk.length;
		}
		const expected = createHash('sha1');
		for (let i = 0; i < 800; i++) expected.update(String.fromCharCode(65 + (i % 26)).repeat(65_536));
		expect(length).toBe(BODY);
		expect(hash.digest('hex')).toBe(expected.digest('hex'));
		await app.log.waitFor(/fifty megabytes are sent/, from);
	});

	test('and goes away in the middle frees the thread', async () => {
		for (let i = 0; i < 3; i++) {
			const from = app.log.end;
			const request = get(`${app.server.url}/fifty-megabytes.php`);
			request.on('error', () => {});
			const [response] = await once(request, 'response');
			response.on('error', () => {});
			await once(response, 'readable');
			request.destroy();
			await expectAlive(app);
			expect(app.log.text(from)).not.toMatch(/^error/m);
		}
	});
});
