import type { RequestTrace } from '../dispatch/request-gateway.ts';
import type { Logger } from '../log/logger.ts';
import type { Role, ThreadEvent } from '../php-thread/thread-messages.ts';
import type { TaskOutcome } from '../shared-memory/task-counters.ts';
import {
	createTraceSequenceBuffer,
	TRACE_FIRST_PUBLISHED,
	TRACE_PUBLISHED,
	TRACE_REQUEST_BEGAN,
	TRACE_REQUEST_ENDED,
	TRACE_SEEN,
	TRACE_TASK_ABANDONED,
	TRACE_TASK_ABORTED,
	TRACE_TASK_COMPLETED,
	TRACE_TASK_RECEIVED,
	TRACE_TASK_SENT,
	TRACE_TASK_TIMEOUT,
	TRACE_WAIT_ENDED,
	type TraceRecord,
	type TraceRing,
	TraceSequence,
} from '../shared-memory/trace-ring.ts';
import type { SidekickEvent } from '../sidekicks/sidekick-event.ts';
import { inBackground, present } from '../time/clock.ts';
import type { TraceEvent, TraceRole } from './trace-events.ts';

/** How often the threads' records are collected, milliseconds: once per frame of a screen. */
const INTERVAL = 16;

const OUTCOMES: Readonly<Record<number, TaskOutcome>> = {
	[TRACE_TASK_COMPLETED]: 'completed',
	[TRACE_TASK_ABORTED]: 'aborted',
	[TRACE_TASK_ABANDONED]: 'abandoned',
	[TRACE_TASK_TIMEOUT]: 'timeout',
};

/** A PHP thread, as far as the trace needs it. */
export type TracedThread = { readonly id: number; readonly label: string; readonly traceRing: TraceRing | undefined };

type Pending = { sequence: number; event: TraceEvent };

/**
 * Combines what the threads record with what the main thread knows, and reports it in batches: causes before effects,
 * and no event earlier than the one before it. Main thread only; does not exist while the trace is off.
 */
export class ScopeTrace implements RequestTrace {
	/** What the threads' rings need; shared by all of them. */
	readonly sequenceBuffer = createTraceSequenceBuffer();
	readonly #sequence = new TraceSequence(this.sequenceBuffer);
	readonly #onTrace: (events: readonly TraceEvent[]) => void;
	readonly #log: Logger;
	/** The threads whose records are collected. */
	readonly #recording = new Set<TracedThread>();
	/** The sidekick behind each handle. Never forgotten: a name costs less than knowing when it can go. */
	readonly #names = new Map<number, string>();
	/** The thread of each sidekick's latest run. */
	readonly #runs = new Map<string, number>();
	#pending: Pending[] = [];
	#timer: ReturnType<typeof setTimeout> | undefined;
	#latest = 0;
	#dropped = 0;

	/** An `onTrace` that throws is logged. */
	constructor(onTrace: (events: readonly TraceEvent[]) => void, log: Logger) {
		this.#onTrace = onTrace;
		this.#log = log;
		this.#lookLater();
	}

	/** Records lost because a thread recorded faster than the main thread collected. */
	get dropped(): number {
		return this.#dropped;
	}

	// ---- threads

	/** A thread has started, or has another role now. */
	thread(thread: TracedThread, role: TraceRole): void {
		if (role === 'booting') this.#recording.add(thread);
		this.#push({ type: 'thread', at: present(), thread: thread.id, role, label: thread.label });
	}

	/** A thread is about to get this role; its label already says so. */
	assumes(thread: TracedThread, role: Role): void {
		if (role.kind === 'cli') return;
		if (role.kind === 'sidekick') {
			this.#names.set(role.handle, role.name);
			this.#runs.set(role.name, thread.id);
		}
		this.thread(thread, role.kind);
	}

	/** A thread is about to be terminated. What it has recorded counts, and nothing after that. */
	ending(thread: TracedThread): void {
		if (this.#recording.delete(thread)) this.#collect(thread, present());
	}

	/** A thread is gone. */
	lost(thread: TracedThread): void {
		this.ending(thread);
		this.thread(thread, 'ended');
	}

	/** Who asked for these names got these handles. */
	named(names: readonly string[], handles: readonly number[]): void {
		for (const [index, name] of names.entries()) this.#names.set(handles[index] as number, name);
	}

	/** A thread waits for sidekicks. Call it before any of them is started. */
	waitBegan(thread: TracedThread, { names, mark }: Extract<ThreadEvent, { type: 'ensure' }>): void {
		if (mark === undefined) return;
		const { sequence, at, request } = mark;
		this.#pending.push({ sequence, event: { type: 'waitBegan', at, thread: thread.id, request, names } });
	}

	// ---- requests

	submitted(request: number, method: string, url: string): void {
		this.#push({ type: 'submitted', at: present(), request, method, url });
	}

	answered(request: number, status: number): void {
		this.#push({ type: 'answered', at: present(), request, status });
	}

	// ---- sidekicks

	sidekick(event: SidekickEvent): void {
		const { type, name } = event;
		// Its thread is not known before that thread gets the role.
		if (type === 'starting') this.#runs.delete(name);
		this.#push({ type: 'sidekick', at: present(), thread: this.#runs.get(name), event });
		if (type === 'stopped' || type === 'failed' || type === 'abandoned') this.#runs.delete(name);
	}

	/** Reports what is left, and nothing after that. */
	close(): void {
		clearTimeout(this.#timer);
		this.#flush();
	}

	#push(event: TraceEvent): void {
		this.#pending.push({ sequence: this.#sequence.next(), event });
	}

	#lookLater(): void {
		this.#timer = setTimeout(() => {
			this.#flush();
			this.#lookLater();
		}, INTERVAL);
		inBackground(this.#timer);
	}

	#flush(): void {
		// What happens from here on may have causes in rings that have already been read: it waits for the next batch.
		const upTo = this.#sequence.last;
		const now = present();
		for (const thread of this.#recording) this.#collect(thread, now);
		if (this.#pending.length === 0) return;
		const ready = this.#pending.filter(({ sequence }) => ((sequence - upTo) | 0) <= 0);
		this.#pending = this.#pending.filter(({ sequence }) => ((sequence - upTo) | 0) > 0);
		if (ready.length === 0) return;
		ready.sort((a, b) => (a.sequence - b.sequence) | 0);
		try {
			this.#onTrace(ready.map(({ event }) => this.#inTime(event)));
		} catch (error) {
			this.#log.error(`The listener of the trace failed: ${String(error)}`);
		}
	}

	/** Clocks are coarse, and jitter in some browsers; time must not run backwards for that. */
	#inTime(event: TraceEvent): TraceEvent {
		this.#latest = Math.max(this.#latest, event.at);
		event.at = this.#latest;
		return event;
	}

	/** @param now records up to this time need no check; none may come from the future, whatever a thread's clock says */
	#collect(thread: TracedThread, now: number): void {
		const ring = thread.traceRing;
		if (ring === undefined) return;
		for (let record = ring.read(); record !== undefined; record = ring.read()) {
			if (record.at > now) record.at = Math.min(record.at, present());
			const event = this.#eventOf(thread.id, record);
			if (event !== undefined) this.#pending.push({ sequence: record.sequence, event });
		}
		const dropped = ring.takeDropped();
		if (dropped > 0) this.#countDropped(dropped);
	}

	#countDropped(dropped: number): void {
		if (this.#dropped === 0) {
			this.#log.warn('The trace has gaps: threads recorded more than the main thread had time to collect', { dropped });
		}
		this.#dropped += dropped;
	}

	#eventOf(thread: number, { kind, request, handle, version, at }: TraceRecord): TraceEvent | undefined {
		switch (kind) {
			case TRACE_REQUEST_BEGAN:
				return { type: 'requestBegan', at, thread, request };
			case TRACE_REQUEST_ENDED:
				return { type: 'requestEnded', at, thread, request };
			case TRACE_WAIT_ENDED:
				return { type: 'waitEnded', at, thread, request, ok: version !== 0 };
			case TRACE_SEEN:
				return { type: 'seen', at, thread, request, name: this.#nameOf(handle), version };
			case TRACE_PUBLISHED:
			case TRACE_FIRST_PUBLISHED: {
				const first = kind === TRACE_FIRST_PUBLISHED;
				return { type: 'published', at, thread, name: this.#nameOf(handle), version, first };
			}
			case TRACE_TASK_SENT:
				return { type: 'taskSent', at, thread, request, task: version, name: this.#nameOf(handle) };
			case TRACE_TASK_RECEIVED:
				return { type: 'taskReceived', at, thread, task: version, name: this.#nameOf(handle) };
			default: {
				const outcome = OUTCOMES[kind];
				return outcome && { type: 'taskEnded', at, thread, task: version, name: this.#nameOf(handle), outcome };
			}
		}
	}

	#nameOf(handle: number): string {
		return this.#names.get(handle) ?? '';
	}
}
