/**
 * The requests in flight. A slot belongs to the main thread while it is filled, then to the PHP thread that popped its
 * number from a ring; the main thread takes it back when the response has ended and every byte of it was acknowledged.
 * A request that is not wanted any more keeps its slot until a thread has popped the number and said so.
 */
export const SLOT_COUNT = 1024;
/** Bytes for the encoded head of a request; equals IGOR_REQUEST_HEAD_MAX in wasm/host_imports.h. */
export const HEAD_CAPACITY = 32_768;
/** Body bytes of a response that may be under way, not yet taken by the client's connection. */
export const RESPONSE_WINDOW = 256 * 1024;

const WORDS_PER_SLOT = 8;
const ACKNOWLEDGED = 0;
const STATE = 1;
const HEAD_LENGTH = 2;
const REQUEST_ID = 3;
/** Nobody has begun to serve it. */
const WAITING = 0;
/** Its client has gone, or has its answer from the main thread. */
const ABORTED = 1;
/** A PHP thread serves it. */
const TAKEN = 2;
const CONTROL_BYTES = SLOT_COUNT * WORDS_PER_SLOT * 4;

/** Makes the shared buffer of all slots. Pages that no request touches cost nothing. */
export function createSlotBuffer(): SharedArrayBuffer {
	return new SharedArrayBuffer(CONTROL_BYTES + SLOT_COUNT * HEAD_CAPACITY);
}

/** Access to the slots, by number. */
export class RequestSlots {
	readonly bytes: Uint8Array;
	readonly #words: Int32Array;

	constructor(buffer: SharedArrayBuffer) {
		this.#words = new Int32Array(buffer, 0, SLOT_COUNT * WORDS_PER_SLOT);
		this.bytes = new Uint8Array(buffer);
	}

	/** Offset of the slot's head within `bytes`. */
	headOffset(slot: number): number {
		return CONTROL_BYTES + slot * HEAD_CAPACITY;
	}

	/** Prepares a slot for a new request. Main thread, before the slot's number is pushed. */
	open(slot: number, requestId: number, headLength: number): void {
		const base = slot * WORDS_PER_SLOT;
		Atomics.store(this.#words, base + ACKNOWLEDGED, 0);
		Atomics.store(this.#words, base + STATE, WAITING);
		Atomics.store(this.#words, base + HEAD_LENGTH, headLength);
		Atomics.store(this.#words, base + REQUEST_ID, requestId);
	}

	headLength(slot: number): number {
		return Atomics.load(this.#words, slot * WORDS_PER_SLOT + HEAD_LENGTH);
	}

	requestId(slot: number): number {
		return Atomics.load(this.#words, slot * WORDS_PER_SLOT + REQUEST_ID);
	}

	/** The client took `bytes` more of the body. Main thread. */
	acknowledge(slot: number, bytes: number): void {
		const index = slot * WORDS_PER_SLOT + ACKNOWLEDGED;
		Atomics.add(this.#words, index, bytes);
		Atomics.notify(this.#words, index);
	}

	acknowledged(slot: number): number {
		return Atomics.load(this.#words, slot * WORDS_PER_SLOT + ACKNOWLEDGED);
	}

	/** Sleeps until more than `seen` bytes are acknowledged, or `milliseconds` have passed. PHP threads. */
	waitForAcknowledgement(slot: number, seen: number, milliseconds: number): void {
		Atomics.wait(this.#words, slot * WORDS_PER_SLOT + ACKNOWLEDGED, seen, milliseconds);
	}

	/** The client has gone. Main thread. */
	abort(slot: number): void {
		const base = slot * WORDS_PER_SLOT;
		Atomics.store(this.#words, base + STATE, ABORTED);
		// Wakes a writer that waits for acknowledgements. The value it sleeps on has to change, or it could miss the wake.
		Atomics.add(this.#words, base + ACKNOWLEDGED, 1);
		Atomics.notify(this.#words, base + ACKNOWLEDGED);
	}

	isAborted(slot: number): boolean {
		return Atomics.load(this.#words, slot * WORDS_PER_SLOT + STATE) === ABORTED;
	}

	/** Begins to serve the request. False when nobody wants it any more. PHP thread that popped the number. */
	take(slot: number): boolean {
		return Atomics.compareExchange(this.#words, slot * WORDS_PER_SLOT + STATE, WAITING, TAKEN) === WAITING;
	}

	/** Takes a request back that no PHP thread has begun to serve; true = none ever will. Main thread. */
	withdraw(slot: number): boolean {
		return Atomics.compareExchange(this.#words, slot * WORDS_PER_SLOT + STATE, WAITING, ABORTED) === WAITING;
	}
}
