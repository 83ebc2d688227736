import { beforeEach, describe, expect, test } from 'vitest';
import { WasmMemory } from '../../src/php-thread/abi/wasm-memory.ts';
import { SidekickReading } from '../../src/php-thread/sidekick-reading.ts';
import { createBoardBuffers, SidekickBoard } from '../../src/shared-memory/sidekick-board.ts';
import { createThreadCellBuffer, ThreadCell } from '../../src/shared-memory/thread-cell.ts';

const memory = new WasmMemory(new WebAssembly.Memory({ initial: 1 }));
const [LENGTH, VERSION, DATA] = [0, 4, 8];

let board: SidekickBoard;
let reading: SidekickReading;
/** How often the main thread was asked to start something. */
let starts: number;

/** The main thread runs each name in a cell of its own, and what is asked for publishes at once. */
beforeEach(() => {
	board = new SidekickBoard(createBoardBuffers(4, 1024));
	const cell = new ThreadCell(createThreadCellBuffer());
	const names = ['flags', 'other'];
	starts = 0;
	reading = new SidekickReading(
		board,
		cell,
		{ isBooting: false },
		(event) => {
			if (event?.type !== 'ensure') return;
			const handles = event.names.map((name) => board.handle(names.indexOf(name)));
			for (const handle of handles) {
				if (!board.isReady(handle)) starts++;
				board.publish(handle, Uint8Array.of(1, 2));
			}
			cell.reply(event.question, { ok: true, handles });
		},
		undefined,
	);
});

const resolve = (...names: string[]) => reading.resolve(names, 'sidekick', 1);
function read(handle: number): number {
	memory.view.setUint32(LENGTH, 100, true);
	return reading.read(memory, handle, DATA, LENGTH, VERSION);
}

describe('a sidekick that is stopped at its publication', () => {
	test('is not started again by the reader that waited for it, but by the next call', () => {
		const [handle] = resolve('flags') as number[];
		board.forget(handle as number, 'It was stopped.');
		expect(read(handle as number)).toBe(-1);
		expect(resolve('flags')).toBe('It was stopped.');
		expect(starts).toBe(1);
		const [next] = resolve('flags') as number[];
		expect(starts).toBe(2);
		expect(read(next as number)).toBe(0);
	});

	test('and was read before, is started again', () => {
		const [handle] = resolve('flags') as number[];
		expect(read(handle as number)).toBe(0);
		// Known already, so nothing is read.
		resolve('flags', 'other');
		board.forget(handle as number, 'It was stopped.');
		expect(read((resolve('other') as number[])[0] as number)).toBe(0);
		expect(typeof resolve('flags')).toBe('object');
		expect(starts).toBe(3);
	});
});
