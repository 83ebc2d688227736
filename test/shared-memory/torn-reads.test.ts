import { afterEach, describe, expect, test } from 'vitest';
import { createBoardBuffers } from '../../src/shared-memory/sidekick-board.ts';
import { runThread } from '../support/node/run-thread.ts';
import type { TestThread } from '../support/test-thread.ts';
import type { ReaderReport } from './threads/board-reader.ts';

const threads: TestThread<unknown>[] = [];
afterEach(async () => {
	await Promise.all(threads.splice(0).map((thread) => thread.stop()));
});

/** `writers` and `readers` readers on a board of two cells, with another writer in the other cell. */
async function race(
	readers: number,
	sizes: number[],
	reads: number,
	different: number,
	writers = 1,
): Promise<ReaderReport[]> {
	const largest = Math.max(...sizes);
	const board = createBoardBuffers(2, largest);
	const stop = new SharedArrayBuffer(4);
	const slots = [0, ...Array.from({ length: writers }, () => 1)];
	for (const [index, slot] of slots.entries()) {
		const data = { board, slot, thread: index + 1, stop, sizes };
		threads.push(runThread(new URL('./threads/board-writer.ts', import.meta.url), data));
	}
	const reading = Array.from({ length: readers }, () =>
		runThread<ReaderReport>(new URL('./threads/board-reader.ts', import.meta.url), {
			board,
			slot: 1,
			writers,
			reads,
			different,
			largest,
		}),
	);
	threads.push(...reading);
	const reports = await Promise.all(reading.map((reader) => reader.report));
	new Int32Array(stop)[0] = 1;
	return reports;
}

describe('readers beside a writer that publishes as fast as it can', () => {
	test('never see a mixture of two publications, in millions of reads', async () => {
		const reports = await race(3, [8, 64, 24, 200, 16], 1_000_000, 1000);
		for (const report of reports) {
			expect(report).toMatchObject({ torn: 0, backwards: 0 });
			expect(report.reads).toBeGreaterThanOrEqual(1_000_000);
		}
	});

	test('never see one of threads that share a cell', async () => {
		const reports = await race(2, [8, 64, 24, 2000, 16], 100_000, 100, 3);
		for (const report of reports) expect(report).toMatchObject({ torn: 0, backwards: 0 });
	});

	test('never see one either while the snapshots grow and shrink by megabytes', async () => {
		const reports = await race(2, [16, 300_000, 64, 4096, 2_000_000, 8], 500, 50);
		for (const report of reports) expect(report).toMatchObject({ torn: 0, backwards: 0 });
	});
});
