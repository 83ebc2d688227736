import { parentPort, workerData } from 'node:worker_threads';
import { RequestSlots } from '../../../src/shared-memory/request-slots.ts';

export type Wake = { waited: number };

/** Waits once for the acknowledgement of a slot, says before that it will, and reports how long it took. */
const data = workerData as {
	buffer: SharedArrayBuffer;
	slot: number;
	started: SharedArrayBuffer;
	milliseconds: number;
};
const slots = new RequestSlots(data.buffer);
const words = new Int32Array(data.started);
const begin = performance.now();
Atomics.store(words, 0, 1);
Atomics.notify(words, 0);
slots.waitForAcknowledgement(data.slot, 0, data.milliseconds);
parentPort?.postMessage({ waited: performance.now() - begin } satisfies Wake);
