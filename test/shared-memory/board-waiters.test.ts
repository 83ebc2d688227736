import { afterEach, describe, expect, test } from 'vitest';
import { createBoardBuffers, SidekickBoard } from '../../src/shared-memory/sidekick-board.ts';
import { runThread } from '../support/node/run-thread.ts';
import type { TestThread } from '../support/test-thread.ts';

/** How long the waiters would sleep if nobody woke them, milliseconds. */
const UNWOKEN = 10_000;
const ROUNDS = 3000;

const threads: TestThread<unknown>[] = [];
afterEach(async () => {
	await Promise.all(threads.splice(0).map((thread) => thread.stop()));
});

/** Waits until the thread behind `words` has seen `epoch`; false when it slept through it. */
async function saw(words: Int32Array, epoch: number): Promise<boolean> {
	const deadline = performance.now() + UNWOKEN - 1000;
	for (let seen = Atomics.load(words, 0); seen !== epoch; seen = Atomics.load(words, 0)) {
		const left = deadline - performance.now();
		// A page must not block.
		if (left <= 0 || (await Atomics.waitAsync(words, 0, seen, left).value) === 'timed-out') return false;
	}
	return true;
}

describe('threads that wait for a first publication', () => {
	test('are woken by every change: no wake-up is lost', async () => {
		const buffers = createBoardBuffers(1, 1000);
		const board = new SidekickBoard(buffers);
		const controls = [new SharedArrayBuffer(8), new SharedArrayBuffer(8)];
		for (const control of controls) {
			new Int32Array(control)[0] = -1;
			threads.push(
				runThread(new URL('./threads/board-echo.ts', import.meta.url), {
					board: buffers,
					control,
					milliseconds: UNWOKEN,
				}),
			);
		}
		const everyoneSaw = async (epoch: number): Promise<boolean> => {
			for (const control of controls) if (!(await saw(new Int32Array(control), epoch))) return false;
			return true;
		};
		expect(await everyoneSaw(board.epoch)).toBe(true);
		for (let round = 0; round < ROUNDS; round++) {
			const before = board.epoch;
			// All that changes the epoch, in turn.
			if (round % 3 === 0) board.publish(board.handle(0), Uint8Array.of(round & 0xff));
			else if (round % 3 === 1) board.forget(board.handle(0), 'gone');
			else board.wakeWaiters();
			expect(board.epoch).not.toBe(before);
			if (!(await everyoneSaw(board.epoch))) expect.fail(`the change of round ${round} woke nobody`);
		}
		for (const control of controls) Atomics.store(new Int32Array(control), 1, 1);
		board.wakeWaiters();
	});
});
