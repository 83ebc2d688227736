import { type BoardBuffers, SidekickBoard } from '../../../src/shared-memory/sidekick-board.ts';

/** Waits for the board's every change and answers it by counting up `control[0]`, until `control[1]` is set. */
export default function (data: { board: BoardBuffers; control: SharedArrayBuffer; milliseconds: number }): void {
	const board = new SidekickBoard(data.board);
	const control = new Int32Array(data.control);

	for (let epoch = board.epoch; Atomics.load(control, 1) === 0; ) {
		Atomics.store(control, 0, epoch);
		Atomics.notify(control, 0);
		board.waitForChange(epoch, data.milliseconds);
		epoch = board.epoch;
	}
}
