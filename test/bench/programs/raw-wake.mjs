// Publication → visible to a blocked reader, on the shared board alone: two threads, no PHP. Prints milliseconds.
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { createBoardBuffers, SidekickBoard } from '../../../src/shared-memory/sidekick-board.ts';

const PUBLICATIONS = 200;
const TIME_BYTES = 8;
const ASKING = 0;
const DONE = 1;

const { buffers, turns, waits } = workerData ?? {
	buffers: createBoardBuffers(1, 1024),
	turns: new Int32Array(new SharedArrayBuffer(8)),
	waits: new Float64Array(new SharedArrayBuffer(8 * PUBLICATIONS)),
};
const board = new SidekickBoard(buffers);
if (isMainThread) start();
else if (workerData.reads) read();
else publish();

function start() {
	const threads = [true, false].map(
		(reads) => new Worker(new URL(import.meta.url), { workerData: { buffers, turns, waits, reads } }),
	);
	// The publishing thread ends last.
	threads[1].on('exit', () => console.log(JSON.stringify([...waits])));
}

function publish() {
	for (let i = 0; i < PUBLICATIONS; i++) {
		while (Atomics.load(turns, ASKING) === i) Atomics.wait(turns, ASKING, i);
		// By then the reader sleeps.
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
		const handle = board.handle(0);
		board.publish(handle, new Uint8Array(new BigInt64Array([process.hrtime.bigint()]).buffer));
		while (Atomics.load(turns, DONE) === i) Atomics.wait(turns, DONE, i);
		board.forget(handle, '');
	}
}

function read() {
	const copy = new BigInt64Array(1);
	for (let i = 0; i < PUBLICATIONS; i++) {
		const handle = board.handle(0);
		let epoch = board.epoch;
		advance(ASKING);
		while (board.version(handle) === 0) {
			board.waitForChange(epoch, 1000);
			epoch = board.epoch;
		}
		board.snapshots(handle).read(() => new Uint8Array(copy.buffer, 0, TIME_BYTES));
		waits[i] = Number(process.hrtime.bigint() - copy[0]) / 1e6;
		advance(DONE);
		// Until the cell is free again.
		while (board.isCurrent(handle)) board.waitForChange(epoch, 1);
	}
}

function advance(turn) {
	Atomics.add(turns, turn, 1);
	Atomics.notify(turns, turn);
}
