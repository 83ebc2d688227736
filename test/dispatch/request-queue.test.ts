import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RequestGateway } from '../../src/dispatch/request-gateway.ts';
import type { PhpFailure, ResponseSink } from '../../src/http/php-port.ts';
import { createRingBuffer, RequestRing } from '../../src/shared-memory/request-ring.ts';
import { createSlotBuffer, RequestSlots, SLOT_COUNT } from '../../src/shared-memory/request-slots.ts';
import { byteStrings } from '../support/node/byte-strings.ts';
import { aRequest } from './request.ts';

const slots = createSlotBuffer();

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
	vi.useRealTimers();
});

/** A gateway whose requests are taken by hand. */
function start(maxWaitTime: number) {
	const buffer = createRingBuffer(SLOT_COUNT);
	const gateway = new RequestGateway(slots, buffer, [], byteStrings, maxWaitTime);
	const ring = new RequestRing(buffer);
	const failures: PhpFailure[] = [];
	const sink = { fail: (failure: PhpFailure) => failures.push(failure) } as unknown as ResponseSink;
	return {
		gateway,
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
