import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { createSlotBuffer, HEAD_CAPACITY, RequestSlots, SLOT_COUNT } from '../../src/shared-memory/request-slots.ts';
import { runThread } from '../support/node/run-thread.ts';
import type { TestThread } from '../support/test-thread.ts';
import { reaches } from './reaches.ts';

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
		const thread = runThread<number>(new URL('./threads/slot-waiter.ts', import.meta.url), {
			buffer,
			slot: 7,
			seen: 0,
			started,
			milliseconds: 20_000,
		});
		threads.push(thread);
		expect(await reaches(new Int32Array(started), 0, 1, 10_000)).toBe(true);
		act(new RequestSlots(buffer));
		expect(await thread.report).toBeLessThan(10_000);
	});

	test('a departure between the look at the flag and the sleep is not slept through', async () => {
		const buffer = createSlotBuffer();
		const slots = new RequestSlots(buffer);
		slots.open(7, 1, 0);
		const seen = slots.acknowledged(7);
		slots.abort(7);
		const thread = runThread<number>(new URL('./threads/slot-waiter.ts', import.meta.url), {
			buffer,
			slot: 7,
			seen,
			started: new SharedArrayBuffer(4),
			milliseconds: 5000,
		});
		threads.push(thread);
		expect(await thread.report).toBeLessThan(2500);
	});
});
