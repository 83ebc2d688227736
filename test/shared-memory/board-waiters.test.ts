import { afterEach, describe, expect, test } from 'vitest';
import { createBoardBuffers, SidekickBoard } from '../../src/shared-memory/sidekick-board.ts';
import { runThread, type TestThread } from './threads/run-thread.ts';

/** How long the waiters would sleep if nobody woke them, milliseconds. */
const UNWOKEN = 10_000;
const ROUNDS = 3000;

const threads: TestThread<unknown>[] = [];
afterEach(async () => {
	await Promise.all(threads.splice(0).map((thread) => thread.stop()));
});

describe('threads that wait for a first publication', { timeout: 30_000 }, () => {
	test('are woken by every change: no wake-up is lost', () => {
		const buffers = createBoardBuffers(1, 1000);
		const board = new SidekickBoard(buffers);
		const controls = [new SharedArrayBuffer(8), new SharedArrayBuffer(8)];
		for (const control of controls) {
			new Int32Array(control)[0] = -1;
			threads.push(runThread('./board-echo.ts', { board: buffers, control, milliseconds: UNWOKEN }));
		}
		const everyoneSaw = (epoch: number): boolean =>
			controls.every((control) => {
				const words = new Int32Array(control);
				const deadline = performance.now() + UNWOKEN - 1000;
				for (let seen = Atomics.load(words, 0); seen !== epoch; seen = Atomics.load(words, 0)) {
					const left = deadline - performance.now();
					if (left <= 0 || Atomics.wait(words, 0, seen, left) === 'timed-out') return false;
				}
				return true;
			});
		expect(everyoneSaw(board.epoch)).toBe(true);
		for (let round = 0; round < ROUNDS; round++) {
			const before = board.epoch;
			// All that changes the epoch, in turn.
			if (round % 3 === 0) board.publish(board.handle(0), Uint8Array.of(round & 0xff));
			else if (round % 3 === 1) board.forget(board.handle(0), 'gone');
			else board.wakeWaiters();
			expect(board.epoch).not.toBe(before);
			if (!everyoneSaw(board.epoch)) expect.fail(`the change of round ${round} woke nobody`);
		}
		for (const control of controls) Atomics.store(new Int32Array(control), 1, 1);
		board.wakeWaiters();
	});
});
