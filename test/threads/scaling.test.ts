import { describe, expect, test } from 'vitest';
import { ThreadBudget } from '../../src/threads/thread-budget.ts';
import { eventually } from '../support/eventually.ts';
import { Scope } from '../support/scope.ts';
import { Recorder } from '../trace/recorder.ts';
import { PAGE, worker } from './fixtures.ts';

const FILES = { 'page.php': PAGE, 'worker.php': worker() };

describe('while requests wait, threads are added', () => {
	test.each([
		['classic', '/page.php'],
		['worker', '/worker.php'],
	])('%s: up to max_threads, and they are ended when they are idle', async (_, path) => {
		const trace = new Recorder();
		const workers = [{ file: 'worker.php', num: 1 }];
		await using scope = await Scope.start(FILES, { workers, maxThreads: 4, maxIdleTime: 300 }, trace);
		expect(scope.serving()).toHaveLength(2);
		const held = [1, 2, 3, 4].map(() => scope.get(`${path}?hold=all`));
		// One classic thread, one of the worker, and two more: the fourth request waits.
		await scope.busy(3);
		expect(scope.serving()).toHaveLength(4);
		expect(scope.running.measures()).toMatchObject({ totalThreads: 4, busyThreads: 3, queueDepth: 1 });
		scope.write('all.go', '');
		await Promise.all(held);
		await eventually('answers of three threads', () => trace.servingThreads().size >= 3);
		await scope.servingThreads(2);
		await scope.get(path);
	});

	test('a worker has no more than its own max_threads', async () => {
		const workers = [{ file: 'worker.php', num: 1, maxThreads: 2 }];
		await using scope = await Scope.start(FILES, { workers, maxThreads: 4 });
		const held = [1, 2, 3].map(() => scope.get('/worker.php?hold=all'));
		await scope.busy(2);
		// The same load elsewhere, but later: there one is added.
		const alsoHeld = [1, 2].map(() => scope.get('/page.php?hold=all'));
		await scope.busy(4);
		expect(scope.running.measures().workers).toMatchObject([{ queueDepth: 1 }]);
		scope.write('all.go', '');
		await Promise.all([...held, ...alsoHeld]);
	});

	test('none is added beyond the start, when the number is not higher', async () => {
		await using scope = await Scope.start(FILES, { maxThreads: 1 });
		await using other = await Scope.start(FILES, { maxThreads: 2 });
		const held = [1, 2].map(() => scope.get('/page.php?hold=all'));
		await scope.busy(1);
		// The same load, but later: where one may be added, it is.
		const alsoHeld = [1, 2].map(() => other.get('/page.php?hold=all'));
		await other.busy(2);
		expect(scope.serving()).toHaveLength(1);
		for (const each of [scope, other]) each.write('all.go', '');
		await Promise.all([...held, ...alsoHeld]);
	});

	test('scopes share a budget: what one gives back, the other may have', async () => {
		const budget = new ThreadBudget(1);
		const options = { maxThreads: 4, maxIdleTime: 200 };
		await using first = await Scope.start(FILES, options, { budget });
		await using second = await Scope.start(FILES, options, { budget });
		const held = [1, 2, 3].map(() => first.get('/page.php?hold=all'));
		await first.busy(2);
		expect(budget.left).toBe(0);
		const waiting = [1, 2].map(() => second.get('/page.php?hold=all'));
		await second.busy(1);
		expect(second.serving()).toHaveLength(1);
		first.write('all.go', '');
		await Promise.all(held);
		await second.busy(2);
		await first.servingThreads(1);
		second.write('all.go', '');
		await Promise.all(waiting);
		await second.servingThreads(1);
		expect(budget.left).toBe(1);
	});

	test('an additional thread whose script does not start any more takes nothing down', async () => {
		await using scope = await Scope.start(FILES, {
			workers: [{ file: 'worker.php', num: 1 }],
			maxThreads: 3,
			maxConsecutiveFailures: 1,
		});
		let fatal: Error | undefined;
		scope.running.onFatal((error) => {
			fatal = error;
		});
		scope.write('worker.php', '<?php throw new LogicException("broken meanwhile");');
		const held = [1, 2].map(() => scope.get('/worker.php?hold=all'));
		await scope.busy(1);
		await expect.poll(() => scope.log.matching('broken meanwhile').length, { timeout: 10_000 }).toBeGreaterThan(3);
		scope.write('all.go', '');
		expect((await Promise.all(held)).map((answer) => answer.split(' ')[0])).toEqual(['one', 'one']);
		expect(fatal).toBeUndefined();
		await scope.servingThreads(2);
	});

	test('a stop meanwhile hangs nowhere', async () => {
		const scope = await Scope.start(FILES, { maxThreads: 8, stopTimeout: 300 });
		const held = Array.from({ length: 12 }, () => scope.get('/page.php?hold=never').catch(() => 'failed'));
		await scope.busy(2);
		await scope[Symbol.asyncDispose]();
		expect(await Promise.all(held)).toEqual(held.map(() => 'failed'));
	});
});
