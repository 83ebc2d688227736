import { expect, test } from 'vitest';
import { createBoardBuffers, SidekickBoard } from '../../src/shared-memory/sidekick-board.ts';
import { BoardCells } from '../../src/threads/sidekick-cells.ts';

const slotOf = (handle: number | undefined): number => (handle as number) & 0xff;

test('one sidekick after another uses few cells: what they have grown to does not grow with their number', () => {
	const board = new SidekickBoard(createBoardBuffers(24, 1024));
	const cells = new BoardCells(board);
	const used = new Set<number>();
	for (let i = 0; i < 100; i++) {
		const handle = cells.reserve('a', false, 1) as number;
		used.add(slotOf(handle));
		cells.fail(handle, `reason ${i}`);
		// Whoever waited for it may still read why it is gone.
		expect(board.failureText(handle)).toBe(`reason ${i}`);
	}
	expect(used.size).toBe(5);
});

test('every cell can be used at a time, and a cell rests before it is used again', () => {
	const cells = new BoardCells(new SidekickBoard(createBoardBuffers(8, 1024)));
	const all = Array.from({ length: 8 }, () => cells.reserve('a', false, 1) as number);
	expect(new Set(all.map(slotOf)).size).toBe(8);
	expect(cells.reserve('a', false, 1)).toBeUndefined();
	for (const handle of all) cells.fail(handle, 'gone');
	const again = Array.from({ length: 4 }, () => slotOf(cells.reserve('a', false, 1)));
	for (const resting of all.slice(-4)) expect(again).not.toContain(slotOf(resting));
	expect(new Set([...again, ...Array.from({ length: 4 }, () => slotOf(cells.reserve('a', false, 1)))]).size).toBe(8);
});
