import { describe, expect, it } from 'vitest';
import { LOOKS_STUCK, RequestTracker, stuckRequests } from '../../../playground/src/page/running-requests.ts';
import type { TraceEvent } from '../../../src/browser.ts';

describe('what a thread is at', () => {
	it('is a request from its beginning to its end', () => {
		const tracker = tracked(began(7, 1));
		expect(tracker.running.get(1)).toMatchObject({ request: 7, label: 'GET /7', since: 1000, waiting: false });

		tracker.follow([{ type: 'requestEnded', at: 1010, thread: 1, request: 7 }]);
		expect(tracker.running.size).toBe(0);
	});

	it('is nothing once the thread is gone', () => {
		const tracker = tracked(began(7, 1), [{ type: 'thread', at: 1500, thread: 1, role: 'ended', label: '' }]);
		expect(tracker.running.size).toBe(0);
	});

	it('looks stuck after a while, longest first, but not while it waits for a sidekick', () => {
		const tracker = tracked(began(7, 1), began(8, 2, 900), began(9, 3), [
			{ type: 'waitBegan', at: 1001, thread: 3, request: 9, names: ['slow'] },
		]);
		const now = 1000 + LOOKS_STUCK;

		expect(stuckRequests(tracker.running, now - 200)).toEqual([]);
		expect(stuckRequests(tracker.running, now).map(({ label }) => label)).toEqual(['GET /8', 'GET /7']);

		tracker.follow([{ type: 'waitEnded', at: 1100, thread: 3, request: 9, ok: true }]);
		expect(stuckRequests(tracker.running, now)).toHaveLength(3);
	});
});

function began(request: number, thread: number, at = 1000): TraceEvent[] {
	return [
		{ type: 'submitted', at: at - 1, request, method: 'GET', url: `/${request}` },
		{ type: 'requestBegan', at, thread, request },
	];
}

function tracked(...events: TraceEvent[][]): RequestTracker {
	const tracker = new RequestTracker();
	tracker.follow(events.flat());
	return tracker;
}
