import { createRingBuffer, RequestRing } from '../../../src/shared-memory/request-ring.ts';

/** What a pop gave, and how often it has slept until the end of a nap before. */
export type Popped = { slot: number | undefined; naps: number };

/**
 * Pops from an empty ring. At the `moment`-th time that the pop asks whether it has to end, that entry is pushed, or
 * without an entry the answer is yes.
 */
export default function ({ moment, push }: { moment: number; push?: number }): Popped {
	const ring = new RequestRing(createRingBuffer(8));
	let asked = 0;
	let naps = 0;
	const wait = Atomics.wait.bind(Atomics) as (
		...args: Parameters<typeof Atomics.wait>
	) => ReturnType<typeof Atomics.wait>;
	Atomics.wait = ((...args: Parameters<typeof Atomics.wait>) => {
		const result = wait(...args);
		if (result === 'timed-out') naps++;
		return result;
	}) as typeof Atomics.wait;
	const slot = ring.pop(() => {
		asked++;
		if (push === undefined) return asked >= moment;
		if (asked === moment) ring.push(push);
		return false;
	});
	Atomics.wait = wait as typeof Atomics.wait;
	return { slot, naps };
}
