import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RequestGateway } from '../../src/dispatch/request-gateway.ts';
import type { PhpFailure, ResponseSink } from '../../src/http/php-port.ts';
import { createRingBuffer, RequestRing } from '../../src/shared-memory/request-ring.ts';
import { createSlotBuffer, RequestSlots, SLOT_COUNT } from '../../src/shared-memory/request-slots.ts';
import { byteStrings } from '../support/node/byte-strings.ts';
import { aRequest } from './request.ts';

const slots = createSlotBuffer();
/** Where a ring counts the threads that sleep. */
const SLEEPERS = 2;

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

/** A gateway whose requests are taken by hand. */
function start(maxWaitTime: number, afterTurn?: (run: () => void) => void) {
	const buffer = createRingBuffer(SLOT_COUNT);
	const gateway = new RequestGateway(slots, buffer, [], { byteStrings, afterTurn }, maxWaitTime);
	const ring = new RequestRing(buffer);
	const failures: PhpFailure[] = [];
	const sink = { fail: (failure: PhpFailure) => failures.push(failure) } as unknown as ResponseSink;
	return {
		gateway,
		/** As if this many threads slept until there is a request. */
		sleepers: (count: number) => void new Int32Array(buffer).fill(count, SLEEPERS, SLEEPERS + 1),
		queue: gateway.classic,
		failures,
		submit: () => gateway.submit(aRequest(), sink),
		/** A thread begins to serve the next request. */
		take: () => {
			const ticket = ring.tryPop() as number;
			return new RequestSlots(slots).take(ticket);
		},
	};
}

describe('requests that wait', () => {
	test('are told of after 5 ms, then every 100 ms, as long as one waits', () => {
		const { queue, submit, take } = start(0);
		let stalls = 0;
		queue.onStall = () => stalls++;
		submit();
		vi.advanceTimersByTime(4);
		expect(stalls).toBe(0);
		vi.advanceTimersByTime(1);
		expect(stalls).toBe(1);
		vi.advanceTimersByTime(99);
		expect(stalls).toBe(1);
		vi.advanceTimersByTime(1);
		expect(stalls).toBe(2);
		take();
		vi.advanceTimersByTime(1000);
		expect(stalls).toBe(2);
		expect(vi.getTimerCount()).toBe(0);
	});

	test('are not told of when their client has gone', () => {
		const { queue, submit } = start(0);
		let stalls = 0;
		queue.onStall = () => stalls++;
		submit().abort();
		vi.advanceTimersByTime(1000);
		expect([stalls, vi.getTimerCount()]).toEqual([0, 0]);
	});

	test('need no timer when nobody wants to know', () => {
		start(0).submit();
		expect(vi.getTimerCount()).toBe(0);
	});

	test('are given up at their limit, each at its own, and told when to come again', () => {
		const { queue, submit, failures } = start(1500);
		submit();
		vi.advanceTimersByTime(1000);
		submit();
		vi.advanceTimersByTime(499);
		expect(failures).toEqual([]);
		vi.advanceTimersByTime(1);
		expect(failures).toMatchObject([{ status: 503, code: 'WAITED_TOO_LONG', retryAfter: 2 }]);
		expect(queue.depth).toBe(1);
		vi.advanceTimersByTime(999);
		expect(failures).toHaveLength(1);
		vi.advanceTimersByTime(1);
		expect(failures).toHaveLength(2);
		expect([queue.depth, vi.getTimerCount()]).toEqual([0, 0]);
	});

	test('are not given up once a thread has begun', () => {
		const { queue, submit, take, failures } = start(100);
		submit();
		submit();
		expect(take()).toBe(true);
		vi.advanceTimersByTime(1000);
		expect(failures).toHaveLength(1);
		expect(queue.depth).toBe(0);
	});

	test('count where they wait, for a thread or for a slot', () => {
		const { gateway, queue, submit, take, failures } = start(0);
		for (let each = 0; each < SLOT_COUNT + 3; each++) submit();
		expect([queue.depth, gateway.withoutSlot.length]).toEqual([SLOT_COUNT + 3, 3]);
		take();
		expect(queue.depth).toBe(SLOT_COUNT + 2);
		gateway.refuseAll({ status: 503, code: 'CLOSED', message: 'Closed.' });
		expect(failures).toHaveLength(SLOT_COUNT + 3);
	});

	test('for a slot are given up, too', () => {
		const { gateway, submit, failures } = start(100);
		for (let each = 0; each < SLOT_COUNT; each++) submit().abort();
		submit();
		expect(gateway.withoutSlot).toHaveLength(1);
		vi.advanceTimersByTime(100);
		expect(failures).toMatchObject([{ code: 'WAITED_TOO_LONG' }]);
		expect(gateway.withoutSlot).toEqual([]);
	});

	test('are looked at no more after close()', () => {
		const { queue, submit, failures } = start(100);
		submit();
		queue.close();
		submit();
		vi.advanceTimersByTime(1000);
		expect([failures, vi.getTimerCount()]).toEqual([[], 0]);
	});
});

describe('threads that sleep', () => {
	test('are woken by each of a few requests; of many in a turn by the first, and at its end', () => {
		const ends: (() => void)[] = [];
		const { submit, sleepers, take } = start(0, (run) => ends.push(run));
		const woken = vi.spyOn(Atomics, 'notify');
		const wakeUps = (run: () => void) => {
			woken.mockClear();
			run();
			return woken.mock.calls.map(([, , count]) => count);
		};
		sleepers(3);
		const submitFive = () => [submit(), submit(), submit(), submit(), submit()];
		expect(wakeUps(submitFive)).toEqual([1, 1, 1, 1, 1]);
		expect(ends).toEqual([]);
		expect(wakeUps(submitFive)).toEqual([1]);
		expect(ends.length).toBe(1);
		for (let each = 0; each < 8; each++) take();
		expect(wakeUps(() => ends.pop()?.())).toEqual([2]);
		// Who is awake looks by itself.
		sleepers(0);
		expect(wakeUps(submitFive)).toEqual([]);
		expect(ends).toEqual([]);
	});

	test('are woken by each request where nothing tells the end of a turn', () => {
		const { submit, sleepers } = start(0);
		const woken = vi.spyOn(Atomics, 'notify');
		sleepers(1);
		for (let each = 0; each < 20; each++) submit();
		expect(woken).toHaveBeenCalledTimes(20);
	});
});
