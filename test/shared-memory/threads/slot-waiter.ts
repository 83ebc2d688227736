import { RequestSlots } from '../../../src/shared-memory/request-slots.ts';
import { sleepUntilWoken } from './until-woken.ts';

/** Any. */
const NAP = 1000;

type Task = {
	buffer: SharedArrayBuffer;
	slot: number;
	/** How much was acknowledged when the thread last looked. */
	seen: number;
	/** Word 0 is set before the wait begins. */
	started: SharedArrayBuffer;
};

/** Waits once for the acknowledgement of a slot. Reports that the wait has ended. */
export default function ({ buffer, slot, seen, started }: Task): boolean {
	sleepUntilWoken();
	const slots = new RequestSlots(buffer);
	const words = new Int32Array(started);
	Atomics.store(words, 0, 1);
	Atomics.notify(words, 0);
	slots.waitForAcknowledgement(slot, seen, NAP);
	return true;
}
