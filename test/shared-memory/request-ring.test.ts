import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRingBuffer, RequestRing } from '../../src/shared-memory/request-ring.ts';
import { runThread } from '../support/node/run-thread.ts';
import type { Popped } from './threads/interrupted-pop.ts';

const CAPACITY = 8;
const never = () => false;

/** A ring whose counters (words 0 and 1) stand at `count` already: as after so many requests. */
function ringAt(count: number): RequestRing {
	const buffer = createRingBuffer(CAPACITY);
	new Int32Array(buffer).fill(count | 0, 0, 2);
	return new RequestRing(buffer);
}

/** On a thread of its own: a page must not block. */
async function interruptedPop(task: { moment: number; push?: number }): Promise<Popped> {
	const thread = runThread<Popped>(new URL('./threads/interrupted-pop.ts', import.meta.url), task);
	try {
		return await thread.report;
	} finally {
		await thread.stop();
	}
}

const count = fc.oneof(
	fc.constant(0),
	fc.integer({ min: 0x7ffffff0, max: 0x7fffffff }),
	fc.integer({ min: -16, max: -1 }),
	fc.integer(),
);

describe('RequestRing', () => {
	test('entries come out once each and in order, also where the 32-bit counters wrap', () => {
		const step = fc.oneof(fc.record({ push: fc.nat(1023) }), fc.constant('pop' as const));
		fc.assert(
			fc.property(count, fc.array(step, { maxLength: 100 }), (start, steps) => {
				const ring = ringAt(start);
				const inside: number[] = [];
				for (const one of steps) {
					if (one === 'pop') expect(ring.tryPop()).toBe(inside.shift());
					else if (inside.length < CAPACITY) {
						ring.push(one.push);
						inside.push(one.push);
					}
					expect(ring.length).toBe(inside.length);
				}
				expect(inside.map(() => ring.pop(never))).toEqual(inside);
				expect(ring.tryPop()).toBeUndefined();
			}),
		);
	});

	test('a ring filled to its capacity loses nothing', () => {
		fc.assert(
			fc.property(count, (start) => {
				const ring = ringAt(start);
				const slots = Array.from({ length: CAPACITY }, (_, i) => i);
				for (const slot of slots) ring.push(slot);
				expect(slots.map(() => ring.tryPop())).toEqual(slots);
			}),
		);
	});

	// pop() asks mustEnd() right before it looks, and again when it has registered as a sleeper: the two moments at
	// which a push could be overlooked. Overlooked, it would be found only after a nap.
	test.each([1, 2])('a push at the critical moment %i of a pop is not overlooked', async (moment) => {
		expect(await interruptedPop({ moment, push: 5 })).toEqual({ slot: 5, naps: 0 });
	});

	test.each([1, 2])('an end asked for at the critical moment %i is not overlooked', async (moment) => {
		expect(await interruptedPop({ moment })).toEqual({ slot: undefined, naps: 0 });
	});

	test('a thread that has to end takes no more entries', () => {
		const ring = ringAt(0);
		ring.push(1);
		expect(ring.pop(() => true)).toBeUndefined();
		expect(ring.length).toBe(1);
	});
});
