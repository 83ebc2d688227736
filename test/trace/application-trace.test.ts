import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ThreadTrace } from '../../src/php-thread/thread-trace.ts';
import { createThreadCellBuffer, ThreadCell } from '../../src/shared-memory/thread-cell.ts';
import { createTraceRingBuffer, TRACE_SEEN, TraceRing, TraceSequence } from '../../src/shared-memory/trace-ring.ts';
import { ScopeTrace, type TracedThread } from '../../src/trace/scope-trace.ts';
import { CapturingLogger } from '../support/capturing-logger.ts';
import { Recorder } from './recorder.ts';

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

/** An application's trace, and threads that record what a test makes them record. */
function world() {
	const recorder = new Recorder();
	const trace = new ScopeTrace(recorder.onTrace, new CapturingLogger());
	const thread = (id: number): TracedThread & { records: ThreadTrace; ring: TraceRing } => {
		const ring = createTraceRingBuffer();
		const records = new ThreadTrace({ ring, sequence: trace.sequenceBuffer }, new ThreadCell(createThreadCellBuffer()));
		return { id, label: `no. ${id}`, traceRing: new TraceRing(ring), ring: new TraceRing(ring), records };
	};
	return { recorder, trace, thread, sequence: new TraceSequence(trace.sequenceBuffer) };
}

const types = ({ events }: Recorder): string[] => events.map(({ type }) => type);

test('what a thread has recorded is told before its end, although it is gone', () => {
	const { recorder, trace, thread } = world();
	const one = thread(1);
	trace.thread(one, 'booting');
	one.records.requestBegan(7);
	trace.lost(one);
	trace.answered(7, 500);
	trace.close();
	expect(recorder.events).toMatchObject([
		{ type: 'thread', thread: 1, role: 'booting', label: 'no. 1' },
		{ type: 'requestBegan', thread: 1, request: 7 },
		{ type: 'thread', thread: 1, role: 'ended' },
		{ type: 'answered', request: 7, status: 500 },
	]);
});

test('an effect is never told before its cause, however the rings are read', () => {
	const { recorder, trace, thread } = world();
	const [sidekick, reader] = [thread(1), thread(3)];
	let happens = false;
	// It is read between the two: what they record then is past one of them, and still ahead of the other.
	const between = {
		id: 2,
		label: '',
		get traceRing(): undefined {
			if (happens) {
				happens = false;
				sidekick.records.published(5, 1, true);
				reader.records.seen(5, 1);
			}
			return undefined;
		},
	};
	for (const one of [sidekick, between, reader]) trace.thread(one, 'booting');
	vi.advanceTimersByTime(16);
	expect(recorder.events).toHaveLength(3);
	happens = true;
	vi.advanceTimersByTime(16);
	expect(recorder.events).toHaveLength(3);
	vi.advanceTimersByTime(16);
	expect(types(recorder).slice(3)).toEqual(['published', 'seen']);
	expect(recorder.batches).toEqual([3, 2]);
});

test('clocks that differ: the order is that of the counter, and time does not run backwards', () => {
	const { recorder, trace, thread, sequence } = world();
	const [fast, slow] = [thread(1), thread(2)];
	const start = performance.timeOrigin + performance.now();
	trace.thread(fast, 'booting');
	trace.thread(slow, 'booting');
	fast.ring.write(TRACE_SEEN, 0, 5, 1, sequence.next(), start + 3_600_000);
	slow.ring.write(TRACE_SEEN, 0, 5, 2, sequence.next(), start - 3_600_000);
	trace.answered(1, 200);
	trace.close();
	expect(recorder.all('seen').map(({ version }) => version)).toEqual([1, 2]);
	expect(recorder.backwards).toEqual([]);
	for (const { at } of recorder.events) {
		expect(at).toBeGreaterThanOrEqual(start);
		expect(at).toBeLessThanOrEqual(performance.timeOrigin + performance.now());
	}
});

test('the counter may wrap', () => {
	const { recorder, trace } = world();
	new Int32Array(trace.sequenceBuffer)[0] = 0x7ffffffe;
	for (let request = 1; request <= 4; request++) trace.answered(request, 200);
	vi.advanceTimersByTime(16);
	expect(recorder.all('answered').map(({ request }) => request)).toEqual([1, 2, 3, 4]);
});

test('nothing is told after the end; without events nobody is called', () => {
	const { recorder, trace, thread } = world();
	vi.advanceTimersByTime(160);
	expect(recorder.batches).toEqual([]);
	trace.thread(thread(1), 'booting');
	trace.close();
	trace.answered(1, 200);
	vi.advanceTimersByTime(160);
	expect(recorder.batches).toEqual([1]);
});
