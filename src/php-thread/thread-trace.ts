import type { ThreadCell } from '../shared-memory/thread-cell.ts';
import {
	TRACE_FIRST_PUBLISHED,
	TRACE_PUBLISHED,
	TRACE_REQUEST_BEGAN,
	TRACE_REQUEST_ENDED,
	TRACE_SEEN,
	TRACE_WAIT_ENDED,
	TraceRing,
	TraceSequence,
} from '../shared-memory/trace-ring.ts';
import { present } from '../time/clock.ts';

/** The shared buffers of a thread whose trace is on. */
export type TraceBuffers = { ring: SharedArrayBuffer; sequence: SharedArrayBuffer };

/** When something happened, for an event that travels with a message. */
export type TraceMark = { sequence: number; at: number; request: number };

/** Records what a PHP thread does. PHP thread only; does not exist while the trace is off. Never blocks. */
export class ThreadTrace {
	readonly #ring: TraceRing;
	readonly #sequence: TraceSequence;
	readonly #cell: ThreadCell;
	/** The version of each handle that this thread has read last. */
	readonly #seen = new Map<number, number>();

	constructor({ ring, sequence }: TraceBuffers, cell: ThreadCell) {
		this.#ring = new TraceRing(ring);
		this.#sequence = new TraceSequence(sequence);
		this.#cell = cell;
	}

	requestBegan(request: number): void {
		this.#write(TRACE_REQUEST_BEGAN, request, 0, 0);
	}

	/** Call it before the end of the response is visible to the main thread. */
	requestEnded(request: number): void {
		this.#write(TRACE_REQUEST_ENDED, request, 0, 0);
	}

	/** This moment: a wait begins, and its message takes the mark along. */
	mark(): TraceMark {
		return { sequence: this.#sequence.next(), at: present(), request: this.#cell.currentRequest };
	}

	waitEnded(ok: boolean): void {
		this.#write(TRACE_WAIT_ENDED, this.#cell.currentRequest, 0, ok ? 1 : 0);
	}

	/** A snapshot was read; recorded when it is the first time that this thread reads this version. */
	seen(handle: number, version: number): void {
		if (this.#seen.get(handle) === version) return;
		this.#seen.set(handle, version);
		this.#write(TRACE_SEEN, this.#cell.currentRequest, handle, version);
	}

	/** Call it before the snapshot is visible to other threads. */
	published(handle: number, version: number, first: boolean): void {
		this.#write(first ? TRACE_FIRST_PUBLISHED : TRACE_PUBLISHED, 0, handle, version);
	}

	/** Something about a task: `kind` is one of TRACE_TASK_…. What others wait for, before they can see it. */
	task(kind: number, queue: number, ticket: number): void {
		this.#write(kind, this.#cell.currentRequest, queue, ticket);
	}

	#write(kind: number, request: number, handle: number, version: number): void {
		this.#ring.write(kind, request, handle, version, this.#sequence.next(), present());
	}
}
