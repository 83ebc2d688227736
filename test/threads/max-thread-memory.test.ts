import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { Scope } from '../support/scope.ts';

const MEGABYTE = 1_000_000;
/** Takes so many megabytes if it is asked to, then tells its thread's process id. */
const BODY = `
	if (isset($_GET['mb'])) {
		ini_set('memory_limit', '1G');
		$much = str_repeat('x', (int) $_GET['mb'] * 1_000_000);
		if (isset($_GET['more'])) {
			ini_set('memory_limit', '200M');
			$much .= $much;
		}
	}
	echo getmypid();`;
const FILES = {
	'page.php': `<?php ${BODY}`,
	'worker.php': `<?php while (frankenphp_handle_request(function () { ${BODY} })) {} file_put_contents(__DIR__ . '/left', '1');`,
};
/** Small, for the sake of the machine that runs the tests. */
const LIMIT = 130 * MEGABYTE;
const workers = [{ file: 'worker.php', num: 1 }];

describe('max_thread_memory', () => {
	test.each([
		'/page.php',
		'/worker.php',
	])('%s: a thread that has grown is replaced, and no request fails', async (path) => {
		await using scope = await Scope.start(FILES, { workers, maxThreadMemory: LIMIT });
		const pids = new Set<string>();
		for (let i = 0; i < 4; i++) {
			const large = await scope.get(`${path}?mb=150`);
			pids.add(large);
			// It may serve on until the fresh one is there.
			await eventually('a fresh thread', async () => (await scope.get(path)) !== large);
		}
		expect(pids.size).toBe(4);
		await eventually('the grown threads to have gone', () => scope.serving().every(({ memory }) => memory < LIMIT));
		await scope.servingThreads(2);
		expect(scope.log.matching('max_thread_memory')).toHaveLength(4);
		// A worker has left its loop, as at any other end.
		if (path === '/worker.php') expect(scope.has('left')).toBe(true);
	});

	test('a thread that ran out of memory is replaced, too', async () => {
		await using scope = await Scope.start(FILES, { workers, maxThreadMemory: LIMIT });
		for (const path of ['/page.php', '/worker.php']) {
			expect((await scope.server.fetch(`${path}?mb=150&more`)).status).toBe(500);
		}
		await eventually('all threads to be small', () => {
			const serving = scope.serving();
			return serving.length === 2 && serving.every(({ memory }) => memory < LIMIT);
		});
		for (const path of ['/page.php', '/worker.php']) expect(await scope.get(path)).toMatch(/^\d+$/);
	});

	test('0 = never', async () => {
		await using scope = await Scope.start(FILES, { workers, maxThreadMemory: 0 });
		const large = await scope.get('/page.php?mb=150');
		for (let i = 0; i < 5; i++) expect(await scope.get('/page.php')).toBe(large);
		expect(scope.serving().some(({ memory }) => memory > 150 * MEGABYTE)).toBe(true);
	});

	test('a thread that is larger from its start stays, and the log says so once', async () => {
		await using scope = await Scope.start(FILES, { workers, maxThreadMemory: 10 * MEGABYTE });
		const pid = await scope.get('/page.php');
		for (let i = 0; i < 5; i++) expect(await scope.get('/page.php')).toBe(pid);
		expect(scope.log.matching('Raise max_thread_memory')).toHaveLength(2);
	});

	test("a sidekick's thread is not replaced, but used no further", async () => {
		await using scope = await Scope.start(
			{
				...FILES,
				'reads.php': `<?php echo frankenphp_sidekick_get_vars($_GET['name'])['pid'];`,
				console: `<?php
					ini_set('memory_limit', '1G');
					if ($_SERVER['argv'][1] === 'large') { $much = str_repeat('x', 150_000_000); unset($much); }
					frankenphp_sidekick_set_vars(['pid' => (string) getmypid()]);
					while (!frankenphp_sidekick_should_stop()) usleep(1000);`,
			},
			{ sidekickEntrypoint: 'console', maxThreadMemory: LIMIT },
		);
		const large = await scope.get('/reads.php?name=large');
		expect(scope.running.threads().some(({ role, memory }) => role === 'sidekick' && memory > 150 * MEGABYTE)).toBe(
			true,
		);
		expect(await scope.get('/reads.php?name=large')).toBe(large);
		await scope.server.sidekicks.stop('large');
		await eventually('its thread to have gone', () => scope.running.threads().every(({ memory }) => memory < LIMIT));
		expect(await scope.get('/reads.php?name=small')).not.toBe(large);
	});
});
