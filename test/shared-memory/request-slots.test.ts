import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import {
	createSlotBuffer,
	HEAD_CAPACITY,
	NO_TICKET,
	RequestSlots,
	SLOT_COUNT,
} from '../../src/shared-memory/request-slots.ts';
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
		const first = main.open(5, 1, 0);
		expect([php.take(first), main.withdraw(first), php.isAborted(first)]).toEqual([true, false, false]);
		main.abort(first);
		expect(php.isAborted(first)).toBe(true);
		const second = main.open(5, 2, 0);
		expect([main.withdraw(second), php.take(second), php.isAborted(second)]).toEqual([true, false, true]);
		const third = main.open(5, 3, 0);
		main.abort(third);
		expect([php.take(third), main.withdraw(third)]).toEqual([false, false]);
	});

	test('a ticket means nothing once its slot has gone on, or its request has another one', () => {
		const buffer = createSlotBuffer();
		const [main, php] = [new RequestSlots(buffer), new RequestSlots(buffer)];
		const first = main.open(1023, 1, 0);
		main.release(first);
		expect([php.isOver(first), php.take(first), php.isAborted(first)]).toEqual([true, false, true]);
		const second = main.open(1023, 2, 0);
		expect([php.take(first), php.isOver(first), php.isOver(second)]).toEqual([false, true, false]);
		const third = main.reopen(second) ?? 0;
		expect([third > 0, php.requestId(third), php.take(second), php.take(third)]).toEqual([true, 2, false, true]);
		expect([main.reopen(third), php.isTaken(third), php.isTaken(second)]).toEqual([undefined, true, false]);
	});

	test('tickets differ from each other for two million turns of a slot, and are never NO_TICKET', () => {
		const slots = new RequestSlots(createSlotBuffer());
		const first = slots.open(0, 1, 0);
		let last = first;
		for (let turn = 1; turn < 2 ** 21 - 1; turn++) {
			last = slots.open(0, 1, 0);
			if (last === first || last <= NO_TICKET) throw new Error(`Turn ${turn} has ticket ${last}.`);
		}
		expect(slots.open(0, 1, 0)).toBe(first);
		expect(slots.take(last)).toBe(false);
	});

	test('each slot keeps what it was told, and no slot disturbs another', () => {
		const buffer = createSlotBuffer();
		fc.assert(
			fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
				const [main, php] = [new RequestSlots(buffer), new RequestSlots(buffer)];
				const model = new Map<
					number,
					{ ticket: number; id: number; length: number; acknowledged: number; aborted: boolean }
				>();
				for (const one of steps) {
					const known = model.get(one.slot);
					if ('open' in one) {
						const ticket = main.open(one.slot, one.open.id, one.open.length);
						model.set(one.slot, { ticket, ...one.open, acknowledged: 0, aborted: false });
					} else if (known === undefined) continue;
					else if ('acknowledge' in one) {
						main.acknowledge(known.ticket, one.acknowledge);
						known.acknowledged += one.acknowledge;
					} else {
						main.abort(known.ticket);
						known.aborted = true;
					}
				}
				for (const { ticket: number, id, length, acknowledged, aborted } of model.values()) {
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
		const thread = runThread<boolean>(new URL('./threads/slot-waiter.ts', import.meta.url), {
			buffer,
			slot: 7,
			seen: 0,
			started,
		});
		threads.push(thread);
		expect(await reaches(new Int32Array(started), 0, 1, 10_000)).toBe(true);
		act(new RequestSlots(buffer));
		expect(await thread.report).toBe(true);
	});

	test('a departure between the look at the flag and the sleep is not slept through', async () => {
		const buffer = createSlotBuffer();
		const slots = new RequestSlots(buffer);
		const ticket = slots.open(7, 1, 0);
		const seen = slots.acknowledged(ticket);
		slots.abort(ticket);
		const thread = runThread<boolean>(new URL('./threads/slot-waiter.ts', import.meta.url), {
			buffer,
			slot: 7,
			seen,
			started: new SharedArrayBuffer(4),
		});
		threads.push(thread);
		expect(await thread.report).toBe(true);
	});
});
