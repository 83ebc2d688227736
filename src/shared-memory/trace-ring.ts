/**
 * What a PHP thread records for the trace, in shared memory: it may be blocked, so it cannot send messages. Records have
 * a fixed size. The thread writes, the main thread reads; without room, a record is dropped and counted.
 *
 * One counter for all threads of a scope orders the records: clocks are too coarse for that in a browser. A thread
 * writes a record before others can see what it reports; so whoever sees the effect takes a later number, and by then
 * the record of the cause can be read.
 */
const WRITTEN = 0;
const READ = 1;
const DROPPED = 2;
const CONTROL_BYTES = 16;
/** kind, request, handle, version, sequence, nothing; then the time, a float of 64 bits. */
const RECORD_BYTES = 32;
const RECORD_WORDS = RECORD_BYTES / 4;
/** Records that a ring holds; a power of two, so that positions may wrap at 32 bits. */
const TRACE_CAPACITY = 2048;

/** Kinds of records. */
export const TRACE_REQUEST_BEGAN = 1;
export const TRACE_REQUEST_ENDED = 2;
/** `version` 1 = with what was asked for, 0 = with an exception. */
export const TRACE_WAIT_ENDED = 3;
export const TRACE_SEEN = 4;
export const TRACE_PUBLISHED = 5;
export const TRACE_FIRST_PUBLISHED = 6;
/** Of tasks: `handle` = their worker's, `version` = their ticket. */
export const TRACE_TASK_SENT = 7;
export const TRACE_TASK_RECEIVED = 8;
export const TRACE_TASK_COMPLETED = 9;
export const TRACE_TASK_ABORTED = 10;
export const TRACE_TASK_ABANDONED = 11;
export const TRACE_TASK_TIMEOUT = 12;

/** One record. `at` in milliseconds since 1970, `request` 0 = none. */
export type TraceRecord = {
	kind: number;
	request: number;
	handle: number;
	version: number;
	sequence: number;
	at: number;
};

/** Makes the ring of one thread. */
export function createTraceRingBuffer(capacity = TRACE_CAPACITY): SharedArrayBuffer {
	return new SharedArrayBuffer(CONTROL_BYTES + capacity * RECORD_BYTES);
}

/** Makes the counter of one scope. */
export function createTraceSequenceBuffer(): SharedArrayBuffer {
	return new SharedArrayBuffer(4);
}

/** The counter that orders what happens on all threads. It wraps at 32 bits: compare by the sign of a difference. */
export class TraceSequence {
	readonly #word: Int32Array;

	constructor(buffer: SharedArrayBuffer) {
		this.#word = new Int32Array(buffer);
	}

	/** The number of an event that happens now. Any thread. */
	next(): number {
		return (Atomics.add(this.#word, 0, 1) + 1) | 0;
	}

	/** The last number given out. Any thread. */
	get last(): number {
		return Atomics.load(this.#word, 0);
	}
}

/** Both ends of a ring; a thread uses one of them only. */
export class TraceRing {
	readonly #words: Int32Array;
	readonly #floats: Float64Array;
	readonly #capacity: number;

	constructor(buffer: SharedArrayBuffer) {
		this.#words = new Int32Array(buffer);
		this.#floats = new Float64Array(buffer);
		this.#capacity = (buffer.byteLength - CONTROL_BYTES) / RECORD_BYTES;
	}

	/** Never blocks. PHP thread. */
	write(kind: number, request: number, handle: number, version: number, sequence: number, at: number): void {
		const words = this.#words;
		const written = Atomics.load(words, WRITTEN);
		if (((written - Atomics.load(words, READ)) | 0) >= this.#capacity) {
			Atomics.add(words, DROPPED, 1);
			return;
		}
		const index = this.#index(written);
		words[index] = kind;
		words[index + 1] = request;
		words[index + 2] = handle;
		words[index + 3] = version;
		words[index + 4] = sequence;
		this.#floats[(index + 6) >> 1] = at;
		// The atomic store orders the plain writes before it.
		Atomics.store(words, WRITTEN, (written + 1) | 0);
	}

	/** The oldest record, or undefined. Main thread. */
	read(): TraceRecord | undefined {
		const words = this.#words;
		const read = Atomics.load(words, READ);
		if (read === Atomics.load(words, WRITTEN)) return undefined;
		const index = this.#index(read);
		const record: TraceRecord = {
			kind: words[index] as number,
			request: words[index + 1] as number,
			handle: words[index + 2] as number,
			version: words[index + 3] as number,
			sequence: words[index + 4] as number,
			at: this.#floats[(index + 6) >> 1] as number,
		};
		Atomics.store(words, READ, (read + 1) | 0);
		return record;
	}

	/** Records dropped since the last call. Main thread. */
	takeDropped(): number {
		return Atomics.exchange(this.#words, DROPPED, 0);
	}

	#index(position: number): number {
		return CONTROL_BYTES / 4 + ((position >>> 0) % this.#capacity) * RECORD_WORDS;
	}
}
