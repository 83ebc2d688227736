import { afterEach, describe, expect, test } from 'vitest';
import { createRingBuffer, RequestRing } from '../../src/shared-memory/request-ring.ts';
import { eventually } from '../support/eventually.ts';
import { runThread } from '../support/node/run-thread.ts';
import type { TestThread } from '../support/test-thread.ts';
import { reaches } from './reaches.ts';

const CAPACITY = 1024;
/** The consumers take no naps: who is not woken sleeps for ever, and that is when we stop waiting, milliseconds. */
const FOR_EVER = 10_000;

const threads: TestThread<number>[] = [];
afterEach(async () => {
	await Promise.all(threads.splice(0).map((thread) => thread.stop()));
});

/** A ring with consumers that are ready. */
function start(consumers: number, entries: number) {
	const shared = {
		ring: createRingBuffer(CAPACITY),
		control: new SharedArrayBuffer(12),
		answers: new SharedArrayBuffer(entries * 4),
	};
	// Close to where the 32-bit counters of the ring wrap.
	new Int32Array(shared.ring).fill(0x7fffff00, 0, 2);
	const control = new Int32Array(shared.control);
	for (let i = 0; i < consumers; i++)
		threads.push(runThread<number>(new URL('./threads/ring-consumer.ts', import.meta.url), shared));
	const ring = new RequestRing(shared.ring);
	const end = async (): Promise<number[]> => {
		Atomics.store(control, 0, 1);
		ring.wakeAll();
		return Promise.all(threads.map((thread) => thread.report));
	};
	return { ring, control, answers: new Int32Array(shared.answers), end };
}

describe('several consumers of one ring', () => {
	test('get each entry exactly once', async () => {
		const entries = 100_000;
		const { ring, control, answers, end } = start(3, entries);
		expect(await reaches(control, 2, 3, 10_000)).toBe(true);
		for (let entry = 0; entry < entries; entry++) {
			while (ring.length >= CAPACITY) await Atomics.waitAsync(control, 1, Atomics.load(control, 1), 1).value;
			ring.push(entry);
		}
		expect(await reaches(control, 1, entries, 5000)).toBe(true);
		const popped = await end();
		expect(popped.reduce((sum, one) => sum + one)).toBe(entries);
		expect(answers.every((times) => times === 1)).toBe(true);
	});

	test.each([
		[1, 'each'],
		[3, 'each'],
		[3, 'the first one'],
	])('no wake-up is lost: %i sleeping consumers answer at once, woken by %s of the pushes', async (consumers, by) => {
		const rounds = 5000;
		const { ring, control, end } = start(consumers, consumers);
		expect(await reaches(control, 2, consumers, 10_000)).toBe(true);
		const late: number[] = [];
		for (let round = 1, answered = 0; round <= rounds; round++) {
			// One push, or one for each consumer at the same moment.
			const burst = round % 2 === 0 ? consumers : 1;
			for (let entry = 0; entry < burst; entry++) ring.push(entry, by === 'each' || entry === 0);
			if (by !== 'each') ring.wakeSome();
			answered += burst;
			if (!(await reaches(control, 1, answered, FOR_EVER))) late.push(round);
			if (late.length > 0) break;
		}
		expect(late).toEqual([]);
		await end();
	});

	test('wakeAll() ends every sleeper', async () => {
		const { control, end } = start(3, 1);
		expect(await reaches(control, 2, 3, 10_000)).toBe(true);
		expect(await end()).toEqual([0, 0, 0]);
	});

	test('a wake-up that reaches a thread which has to end is handed on', async () => {
		const ring = createRingBuffer(16);
		const flags = new SharedArrayBuffer(8);
		const pop = async (thread: number): Promise<TestThread<number>> => {
			const popping = runThread<number>(new URL('./threads/one-pop.ts', import.meta.url), { ring, flags, thread });
			threads.push(popping);
			// Word 2 counts the sleepers: the first one sleeps before the second, and so is woken before it.
			const words = new Int32Array(ring);
			await eventually('it to sleep', () => Atomics.load(words, 2) === thread + 1);
			return popping;
		};
		const [retiring, other] = [await pop(0), await pop(1)];
		Atomics.store(new Int32Array(flags), 0, 1);
		new RequestRing(ring).push(7);
		expect(await Promise.all([retiring.report, other.report])).toEqual([-1, 7]);
	});
});
