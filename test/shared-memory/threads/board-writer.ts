import { type BoardBuffers, SidekickBoard } from '../../../src/shared-memory/sidekick-board.ts';
import { STAMP_BYTES, stamp } from './stamp.ts';

/** Publishes stamped snapshots of many sizes as fast as it can, as the thread of that number, until `stop` is set. */
export default function (data: {
	board: BoardBuffers;
	slot: number;
	thread: number;
	stop: SharedArrayBuffer;
	sizes: number[];
}): void {
	const board = new SidekickBoard(data.board);
	const handle = board.handle(data.slot);
	const stop = new Int32Array(data.stop);
	const bytes = new ArrayBuffer(Math.max(STAMP_BYTES, ...data.sizes));

	for (let number = 1; Atomics.load(stop, 0) === 0; number++) {
		const size = data.sizes[number % data.sizes.length] as number;
		stamp(new Int32Array(bytes, 0, size / 4), number);
		board.publish(handle, new Uint8Array(bytes, 0, size), data.thread);
	}
}
