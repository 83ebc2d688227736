import { RequestSlots } from '../../../src/shared-memory/request-slots.ts';

type Task = {
	buffer: SharedArrayBuffer;
	slot: number;
	/** How much was acknowledged when the thread last looked. */
	seen: number;
	/** Word 0 is set before the wait begins. */
	started: SharedArrayBuffer;
	milliseconds: number;
};

/** Waits once for the acknowledgement of a slot. Reports how long it took, milliseconds. */
export default function ({ buffer, slot, seen, started, milliseconds }: Task): number {
	const slots = new RequestSlots(buffer);
	const words = new Int32Array(started);
	const begin = performance.now();
	Atomics.store(words, 0, 1);
	Atomics.notify(words, 0);
	slots.waitForAcknowledgement(slot, seen, milliseconds);
	return performance.now() - begin;
}
