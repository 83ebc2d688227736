import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { Scope } from '../support/scope.ts';
import { PAGE, worker } from './fixtures.ts';

const FILES = {
	'page.php': PAGE,
	'worker.php': worker(),
	'count.php': '<?php file_put_contents(__DIR__ . "/ran", "x", FILE_APPEND);',
};
/** Milliseconds; the request that is to run gets a thread sooner than that, however busy the machine is with other tests. */
const MAX_WAIT = 500;
/** Of the slots for requests in flight. */
const SLOTS = 1024;

describe('a request that waits for longer than max_wait_time', () => {
	test.each([
		'/page.php',
		'/worker.php',
	])('%s: gets 503 with Retry-After; the running one is not disturbed', async (path) => {
		await using scope = await Scope.start(FILES, {
			workers: [{ file: 'worker.php', num: 1 }],
			maxWaitTime: MAX_WAIT,
		});
		const held = scope.get(`${path}?hold=first`);
		await scope.busy(1);
		const late = await scope.server.fetch(path);
		expect([late.status, late.headers.get('retry-after')]).toEqual([503, '1']);
		scope.write('first.go', '');
		expect(await held).toMatch(/^(page|one) /);
		await scope.get(path);
		await becomesIdle(scope);
	});

	test('is not run later', async () => {
		await using scope = await Scope.start(FILES, { maxWaitTime: MAX_WAIT });
		const held = scope.get('/page.php?hold=first');
		await scope.busy(1);
		const late = await Promise.all(Array.from({ length: 20 }, () => scope.server.fetch('/count.php')));
		expect(new Set(late.map(({ status }) => status))).toEqual(new Set([503]));
		scope.write('first.go', '');
		await held;
		await scope.get('/count.php');
		expect(await scope.server.fetch('/ran').then((response) => response.text())).toBe('x');
	});

	test('gives its slot back: more of them than there are slots, again and again', async () => {
		await using scope = await Scope.start(FILES, { maxWaitTime: MAX_WAIT });
		for (const round of ['one', 'two', 'three']) {
			const held = scope.get(`/page.php?hold=${round}`);
			await scope.busy(1);
			const late = await Promise.all(
				Array.from({ length: SLOTS + 200 }, () => scope.server.fetch('/page.php').then(({ status }) => status)),
			);
			expect(new Set(late)).toEqual(new Set([503]));
			scope.write(`${round}.go`, '');
			await held;
			await scope.get('/page.php');
		}
		await becomesIdle(scope);
	});

	test('a body that was announced does not hold anything up', async () => {
		await using scope = await Scope.start(FILES, { maxWaitTime: MAX_WAIT });
		const held = scope.get('/page.php?hold=first');
		await scope.busy(1);
		const late = await scope.server.fetch('/page.php', { method: 'POST', body: 'x'.repeat(300_000) });
		expect(late.status).toBe(503);
		scope.write('first.go', '');
		await held;
		await scope.get('/page.php');
	});
});

/** A client has its answer a moment before the thread has put the request away. */
async function becomesIdle({ running }: Scope): Promise<void> {
	await eventually('idle threads', () => {
		const { busyThreads, queueDepth } = running.measures();
		return busyThreads === 0 && queueDepth === 0;
	});
}
