import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { createSlotBuffer, HEAD_CAPACITY, RequestSlots, SLOT_COUNT } from '../../src/shared-memory/request-slots.ts';
import { runThread, type TestThread } from './threads/run-thread.ts';
import type { Wake } from './threads/slot-waiter.ts';

const threads: TestThread<unknown>[] = [];
afterEach(async () => {
	await Promise.all(threads.splice(0).map((thread) => thread.stop()));
});

const slot = fc.nat(SLOT_COUNT - 1);
const step = fc.oneof(
	fc.record({ slot, open: fc.record({ id: fc.integer({ min: 1 }), length: fc.nat(HEAD_CAPACITY) }) }),
	fc.record({ slot, acknowledge: fc.nat(65_536) }),
	fc.record({ slot, abort: fc.constant(true) }),
);

describe('RequestSlots', () => {
	test('a request is taken or withdrawn, never both; the next one in its slot is a new question', () => {
		const buffer = createSlotBuffer();
		const [main, php] = [new RequestSlots(buffer), new RequestSlots(buffer)];
		main.open(5, 1, 0);
		expect([php.take(5), main.withdraw(5), php.isAborted(5)]).toEqual([true, false, false]);
		main.abort(5);
		expect(php.isAborted(5)).toBe(true);
		main.open(5, 2, 0);
		expect([main.withdraw(5), php.take(5), php.isAborted(5)]).toEqual([true, false, true]);
		main.open(5, 3, 0);
		main.abort(5);
		expect([php.take(5), main.withdraw(5)]).toEqual([false, false]);
	});

	test('each slot keeps what it was told, and no slot disturbs another', () => {
		const buffer = createSlotBuffer();
		fc.assert(
			fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
				const [main, php] = [new RequestSlots(buffer), new RequestSlots(buffer)];
				const model = new Map<number, { id: number; length: number; acknowledged: number; aborted: boolean }>();
				for (const one of steps) {
					const known = model.get(one.slot);
					if ('open' in one) {
						main.open(one.slot, one.open.id, one.open.length);
						model.set(one.slot, { ...one.open, acknowledged: 0, aborted: false });
					} else if (known === undefined) continue;
					else if ('acknowledge' in one) {
						main.acknowledge(one.slot, one.acknowledge);
						known.acknowledged += one.acknowledge;
					} else {
						main.abort(one.slot);
						known.aborted = true;
					}
				}
				for (const [number, { id, length, acknowledged, aborted }] of model) {
					expect(php.requestId(number)).toBe(id);
					expect(php.headLength(number)).toBe(length);
					expect(php.isAborted(number)).toBe(aborted);
					// An abort may count as an acknowledgement of some bytes: nobody sends any more.
					if (!aborted) expect(php.acknowledged(number)).toBe(acknowledged);
				}
			}),
		);
	});

	test('heads lie side by side, inside the buffer', () => {
		const slots = new RequestSlots(createSlotBuffer());
		const offsets = Array.from({ length: SLOT_COUNT }, (_, number) => slots.headOffset(number));
		for (const [number, offset] of offsets.entries()) {
			expect(offset % 8).toBe(0);
			expect(offset + HEAD_CAPACITY).toBeLessThanOrEqual(offsets[number + 1] ?? slots.bytes.length);
		}
	});

	test.each([
		['an acknowledgement', (slots: RequestSlots) => slots.acknowledge(7, 100)],
		['the departure of the client', (slots: RequestSlots) => slots.abort(7)],
	])('%s wakes the thread that waits to send more', async (_, act) => {
		const buffer = createSlotBuffer();
		const started = new SharedArrayBuffer(4);
		const thread = runThread<Wake>('./slot-waiter.ts', { buffer, slot: 7, started, milliseconds: 20_000 });
		threads.push(thread);
		Atomics.wait(new Int32Array(started), 0, 0, 10_000);
		act(new RequestSlots(buffer));
		expect((await thread.report).waited).toBeLessThan(10_000);
	});

	test('a departure between the look at the flag and the sleep is not slept through', () => {
		const slots = new RequestSlots(createSlotBuffer());
		slots.open(7, 1, 0);
		const seen = slots.acknowledged(7);
		slots.abort(7);
		const started = performance.now();
		slots.waitForAcknowledgement(7, seen, 5000);
		expect(performance.now() - started).toBeLessThan(2500);
	});
});
