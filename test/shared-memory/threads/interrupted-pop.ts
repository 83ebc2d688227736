import { createRingBuffer, RequestRing } from '../../../src/shared-memory/request-ring.ts';

/** What a pop gave, and how long it took, milliseconds. */
export type Popped = { slot: number | undefined; took: number };

/**
 * Pops from an empty ring. At the `moment`-th time that the pop asks whether it has to end, that entry is pushed, or
 * without an entry the answer is yes.
 */
export default function ({ moment, push }: { moment: number; push?: number }): Popped {
	const ring = new RequestRing(createRingBuffer(8));
	let asked = 0;
	const started = performance.now();
	const slot = ring.pop(() => {
		asked++;
		if (push === undefined) return asked >= moment;
		if (asked === moment) ring.push(push);
		return false;
	});
	return { slot, took: performance.now() - started };
}
