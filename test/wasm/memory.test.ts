import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { HOOKS, type Hook, hooksOf } from '../php/late-hooks/support.ts';
import { eventually } from '../support/eventually.ts';
import { platform } from '../support/node/platform.ts';
import { type Hunt, WatchedApplication } from './allocator/application.ts';
import type { MemoryReport } from './allocator/debug-allocator.ts';
import { PLANTED } from './allocator/planted.ts';

const FIXTURES = fileURLToPath(new URL('../php/late-hooks/fixtures', import.meta.url));
const FILES = Object.fromEntries(
	readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
		.filter((name) => statSync(join(FIXTURES, name)).isFile())
		.map((name) => [name, readFileSync(join(FIXTURES, name), 'utf8')]),
);
/** Requests before memory is looked at: caches fill, and PHP has things that it makes once. */
const WARM_UP = 3;
const REQUESTS = 6;
/** By a longjmp() PHP leaves behind what it leaves to its memory manager. */
const LEAVES_BEHIND: readonly Hook[] = HOOKS.filter((hook) => /error|exception|exit|memory|argument/.test(hook));

function start(php: (typeof platform.phpVersions)[number], hunt: Hunt): Promise<WatchedApplication> {
	return WatchedApplication.start(FILES, php, hunt, {
		workers: [{ file: 'worker.php', num: 1 }],
		sidekickEntrypoint: 'bin/console',
	});
}

/** An answer, and the report of its end: the thread's next one. */
async function ask(app: WatchedApplication, path: string): Promise<{ text: string; report: MemoryReport }> {
	const counts = new Map([...app.reports].map(([id, reports]) => [id, reports.length]));
	const text = await (await app.server.fetch(path)).text();
	const report = await eventually(`the report of ${path}`, () => {
		for (const [id, reports] of app.reports) {
			if (reports.length > (counts.get(id) ?? 0)) return reports.at(-1);
		}
		return undefined;
	});
	return { text, report };
}

const count = ({ ours }: MemoryReport): number => Object.values(ours).reduce((sum, blocks) => sum + blocks, 0);
const problems = (app: WatchedApplication): string[] =>
	[...app.reports.values()].flatMap((reports) => reports.flatMap((report) => report.problems));

describe('the allocator that finds faults', () => {
	test('finds those that are planted', async () => {
		const log = (text: string) => `<?php frankenphp_log(${JSON.stringify(text)});`;
		const files = {
			'leak.php': log(PLANTED.leak),
			'write.php': log(PLANTED.write),
			'twice.php': log(PLANTED.twice),
			'good.php': log('good'),
		};
		await using app = await WatchedApplication.start(files, '8.4', 'leaks');
		const after = async (path: string) => {
			for (let i = 0; i < WARM_UP; i++) await ask(app, '/good.php');
			const before = count((await ask(app, '/good.php')).report);
			const { report } = await ask(app, path);
			return { more: count(report) - before, problems: report.problems };
		};
		expect(await after('/good.php')).toEqual({ more: 0, problems: [] });
		expect(await after('/leak.php')).toEqual({ more: 1, problems: [] });
		expect((await after('/write.php')).problems).toEqual([
			expect.stringMatching(/wrote to a block of 123 bytes after/),
		]);
		expect((await after('/twice.php')).problems).toEqual([expect.stringMatching(/free\(\) of what was freed before/)]);
	});
});

describe.each(platform.phpVersions)('PHP %s', { timeout: 120_000 }, (php) => {
	test.each(['/index.php', '/worker.php'])('%s: what is called late uses nothing that was freed', async (path) => {
		await using app = await start(php, 'uses');
		for (const hook of hooksOf(path === '/worker.php' ? 'worker' : 'classic', php)) {
			await app.server.fetch(`${path}?${new URLSearchParams({ hook })}`).then((response) => response.text());
			const { text } = await ask(app, path);
			expect(text.split(' ')[1], hook).toBe('whole');
			expect(problems(app), hook).toEqual([]);
		}
	});

	test.each(['/index.php', '/worker.php'])('%s: what is called late leaves nothing behind', async (path) => {
		await using app = await start(php, 'leaks');
		const hooks = hooksOf(path === '/worker.php' ? 'worker' : 'classic', php);
		for (const hook of hooks.filter((one) => !LEAVES_BEHIND.includes(one))) {
			const query = `${path}?${new URLSearchParams({ hook })}`;
			for (let i = 0; i < WARM_UP; i++) await ask(app, query);
			const before = count((await ask(app, query)).report);
			let last: MemoryReport | undefined;
			for (let i = 0; i < REQUESTS; i++) last = (await ask(app, query)).report;
			// Fewer than one for each request: the snapshot that is kept is another one each time.
			const grown = last === undefined ? 0 : count(last) - before;
			expect.soft(grown, `${hook}, ${REQUESTS} times: ${JSON.stringify(last?.ours)}`).toBeLessThan(REQUESTS / 2);
		}
		expect(problems(app)).toEqual([]);
	});
});
