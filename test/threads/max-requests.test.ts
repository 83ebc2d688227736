import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { Scope } from '../support/scope.ts';
import { Recorder } from '../trace/recorder.ts';
import { PAGE, worker } from './fixtures.ts';

describe('max_requests', () => {
	test.each([
		'/page.php',
		'/worker.php',
	])('%s: threads are replaced by fresh ones, and no request fails', async (path) => {
		const trace = new Recorder();
		await using scope = await Scope.start(
			{ 'page.php': PAGE, 'worker.php': worker() },
			{ workers: [{ file: 'worker.php', num: 1 }], maxRequests: 3 },
			trace,
		);
		await eventually('five threads to have answered', async () => {
			await scope.get(path);
			return trace.servingThreads().size >= 5;
		});
		await scope.servingThreads(2);
	});

	test('a worker that cannot be replaced goes on, and is replaced later', async () => {
		await using scope = await Scope.start(
			{ 'worker.php': worker('old') },
			{ workers: [{ file: 'worker.php', num: 1 }], maxRequests: 2 },
		);
		scope.write('worker.php', '<?php throw new LogicException("not now");');
		for (let i = 0; i < 10; i++) expect(await scope.get('/worker.php')).toMatch(/^old /);
		await eventually('the reason in the log', () => scope.log.matching('not now').length > 1);
		expect(await scope.get('/worker.php')).toMatch(/^old /);
		scope.write('worker.php', worker('new'));
		await eventually('the new code', async () => (await scope.get('/worker.php')).startsWith('new '));
	});
});
