import { RequestRing } from '../../../src/shared-memory/request-ring.ts';
import { sleepUntilWoken } from './until-woken.ts';

type Task = { ring: SharedArrayBuffer; flags: SharedArrayBuffer; thread: number };

/** Pops once, unless `flags[thread]` says that it has to end. Reports what it got; -1 = nothing. */
export default function ({ ring, flags, thread }: Task): number {
	sleepUntilWoken();
	const words = new Int32Array(flags);
	return new RequestRing(ring).pop(() => Atomics.load(words, thread) !== 0) ?? -1;
}
