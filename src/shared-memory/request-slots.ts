/**
 * The requests in flight. A slot belongs to the main thread while it is filled, then to the PHP thread that popped its
 * ticket from a ring; the main thread takes it back when the response has ended and every byte of it was acknowledged.
 * A request that is no longer wanted keeps its slot until a thread has popped the ticket and said so.
 *
 * A ticket is the slot's number and how often the slot was given out, and each is pushed once: so only one thread can
 * have popped it, and what that thread says after the slot was given out again can be recognised and ignored.
 */
export const SLOT_COUNT = 1024;
/** Bytes for the encoded head of a request; equals IGOR_REQUEST_HEAD_MAX in wasm/host_imports.h. */
export const HEAD_CAPACITY = 32_768;
/** Body bytes of a response that may be in flight, not yet taken by the client's connection. */
export const RESPONSE_WINDOW = 256 * 1024;
/** Never a ticket. */
export const NO_TICKET = 0;

const WORDS_PER_SLOT = 8;
const ACKNOWLEDGED = 0;
/** Of 32 bits, the lowest two are one of the states below, the others the turn: how often the slot was given out. */
const STATE = 1;
const HEAD_LENGTH = 2;
const REQUEST_ID = 3;
/** Nobody has begun to serve it. */
const WAITING = 0;
/** Its client went away, or got its answer from the main thread. */
const ABORTED = 1;
/** A PHP thread serves it. */
const TAKEN = 2;
/** It belongs to no request. */
const FREE = 3;
const STATE_BITS = 2;
const SLOT_BITS = 10;
/** Turns count from 1 to this, so that a ticket is a positive number of 31 bits. */
const MAX_TURN = 2 ** 21 - 1;
const CONTROL_BYTES = SLOT_COUNT * WORDS_PER_SLOT * 4;

/** Makes the shared buffer of all slots. Pages that no request touches cost nothing. */
export function createSlotBuffer(): SharedArrayBuffer {
	return new SharedArrayBuffer(CONTROL_BYTES + SLOT_COUNT * HEAD_CAPACITY);
}

/** The number of a ticket's slot. */
export function slotOf(ticket: number): number {
	return ticket & (SLOT_COUNT - 1);
}

/** Access to the slots. */
export class RequestSlots {
	readonly bytes: Uint8Array;
	readonly #words: Int32Array;

	constructor(buffer: SharedArrayBuffer) {
		this.#words = new Int32Array(buffer, 0, SLOT_COUNT * WORDS_PER_SLOT);
		this.bytes = new Uint8Array(buffer);
	}

	/** Offset of the slot's head within `bytes`; takes a ticket, too. */
	headOffset(slot: number): number {
		return CONTROL_BYTES + slotOf(slot) * HEAD_CAPACITY;
	}

	/** Prepares a slot for a new request. Returns its ticket. Main thread, before the ticket is pushed. */
	open(slot: number, requestId: number, headLength: number): number {
		const base = slot * WORDS_PER_SLOT;
		const turn = nextTurn(turnOf(Atomics.load(this.#words, base + STATE)));
		Atomics.store(this.#words, base + ACKNOWLEDGED, 0);
		Atomics.store(this.#words, base + HEAD_LENGTH, headLength);
		Atomics.store(this.#words, base + REQUEST_ID, requestId);
		Atomics.store(this.#words, base + STATE, (turn << STATE_BITS) | WAITING);
		return slot | (turn << SLOT_BITS);
	}

	/**
	 * Gives a request that nobody has begun to serve another ticket: the old one is void from now on, wherever it is.
	 * Main thread.
	 * @returns the new ticket, to be pushed; undefined = it is being served, or no longer wanted
	 */
	reopen(ticket: number): number | undefined {
		const turn = nextTurn(ticket >> SLOT_BITS);
		const waits = this.#replace(ticket, WAITING, (turn << STATE_BITS) | WAITING);
		return waits ? slotOf(ticket) | (turn << SLOT_BITS) : undefined;
	}

	/** The request is over. Main thread. */
	release(ticket: number): void {
		Atomics.store(this.#words, stateIndex(ticket), stateWord(ticket, FREE));
	}

	headLength(ticket: number): number {
		return Atomics.load(this.#words, slotOf(ticket) * WORDS_PER_SLOT + HEAD_LENGTH);
	}

	requestId(ticket: number): number {
		return Atomics.load(this.#words, slotOf(ticket) * WORDS_PER_SLOT + REQUEST_ID);
	}

	/** The client took `bytes` more of the body. Main thread. */
	acknowledge(ticket: number, bytes: number): void {
		const index = slotOf(ticket) * WORDS_PER_SLOT + ACKNOWLEDGED;
		Atomics.add(this.#words, index, bytes);
		Atomics.notify(this.#words, index);
	}

	acknowledged(ticket: number): number {
		return Atomics.load(this.#words, slotOf(ticket) * WORDS_PER_SLOT + ACKNOWLEDGED);
	}

	/** Sleeps until more than `seen` bytes are acknowledged, or `milliseconds` have passed. PHP threads. */
	waitForAcknowledgement(ticket: number, seen: number, milliseconds: number): void {
		Atomics.wait(this.#words, slotOf(ticket) * WORDS_PER_SLOT + ACKNOWLEDGED, seen, milliseconds);
	}

	/** The client went away. Main thread. */
	abort(ticket: number): void {
		const index = slotOf(ticket) * WORDS_PER_SLOT + ACKNOWLEDGED;
		Atomics.store(this.#words, stateIndex(ticket), stateWord(ticket, ABORTED));
		// Wakes a writer that waits for acknowledgements. The value it sleeps on has to change, or it could miss the wake-up.
		Atomics.add(this.#words, index, 1);
		Atomics.notify(this.#words, index);
	}

	/** What is sent for this ticket is not wanted. */
	isAborted(ticket: number): boolean {
		const word = Atomics.load(this.#words, stateIndex(ticket));
		return word !== stateWord(ticket, TAKEN) && word !== stateWord(ticket, WAITING);
	}

	/** The request is over, or has another ticket: there is nothing to say about it. */
	isOver(ticket: number): boolean {
		const word = Atomics.load(this.#words, stateIndex(ticket));
		return turnOf(word) !== ticket >> SLOT_BITS || word === stateWord(ticket, FREE);
	}

	/** A PHP thread serves it, and it is still wanted. */
	isTaken(ticket: number): boolean {
		return Atomics.load(this.#words, stateIndex(ticket)) === stateWord(ticket, TAKEN);
	}

	/** Begins to serve the request. False when nobody wants it any more. PHP thread that popped the ticket. */
	take(ticket: number): boolean {
		return this.#replace(ticket, WAITING, stateWord(ticket, TAKEN));
	}

	/** Takes a request back that no PHP thread has begun to serve; true = none ever will. Main thread. */
	withdraw(ticket: number): boolean {
		return this.#replace(ticket, WAITING, stateWord(ticket, ABORTED));
	}

	#replace(ticket: number, from: number, word: number): boolean {
		const expected = stateWord(ticket, from);
		return Atomics.compareExchange(this.#words, stateIndex(ticket), expected, word) === expected;
	}
}

function stateIndex(ticket: number): number {
	return slotOf(ticket) * WORDS_PER_SLOT + STATE;
}

function stateWord(ticket: number, state: number): number {
	return ((ticket >> SLOT_BITS) << STATE_BITS) | state;
}

function turnOf(word: number): number {
	return word >> STATE_BITS;
}

function nextTurn(turn: number): number {
	return turn === MAX_TURN ? 1 : turn + 1;
}
