/**
 * What the main thread and one PHP thread tell each other without messages: flags, and a mailbox for the one reply that
 * a blocked thread can wait for.
 */
const STOP = 0;
const RETIRE = 1;
const DOORBELL = 2;
const CURRENT_REQUEST = 3;
const LIMIT = 4;
const ANSWERED = 5;
const REPLY_STATUS = 6;
const REPLY_COUNT = 7;
const BLOCKED = 8;
const ARMED = 9;
const LAST_REQUEST = 10;
const REQUESTS = 11;
/** A float of 64 bits: two words, aligned. */
const IDLE_SINCE = 12;
/** Memory of the PHP instance, in pages of WASM. */
const MEMORY = 14;
/** The last ticket that it took from its ring, or was about to take. */
const CLAIM = 15;
/** Requests that it may begin in its role; 0 = any number. */
const ALLOWED = 16;
/** Changes with ALLOWED and RETIRE, for a thread that waits for either. */
const TURN = 17;
/** The question about sidekicks that the thread waits for, from the reply on until they are ready; 0 = none. */
const WAITS_FOR = 18;
/** Requests are being waited for, and then their connections are closed. */
const DRAINS = 19;
const WORDS = 24;
const REPLY_HANDLES = 256;
const REPLY_TEXT_BYTES = 8192;
const TEXT_OFFSET = (WORDS + REPLY_HANDLES) * 4;

/** No request is being served. */
export const NO_REQUEST = 0;
const PAGE_BYTES = 65_536;
/** The stop flag does not wake a thread that waits for an allowance: it checks this often, milliseconds. */
const ALLOWANCE_NAP = 100;
/** The most names that one reply can carry. */
export const MAX_REPLY_HANDLES = REPLY_HANDLES;

export type Reply = { ok: true; handles: number[] } | { ok: false; message: string };

export function createThreadCellBuffer(): SharedArrayBuffer {
	return new SharedArrayBuffer(TEXT_OFFSET + REPLY_TEXT_BYTES);
}

/** The cell of one thread. Methods say who may call them. */
export class ThreadCell {
	readonly #words: Int32Array;
	readonly #floats: Float64Array;
	readonly #text: Uint8Array;
	readonly #wake: (() => void) | undefined;

	/** @param wake wakes the thread where it waits for other threads, to look at its flags; for the main thread */
	constructor(buffer: SharedArrayBuffer, wake?: () => void) {
		this.#wake = wake;
		this.#words = new Int32Array(buffer, 0, WORDS + REPLY_HANDLES);
		this.#floats = new Float64Array(buffer, 0, WORDS / 2);
		this.#text = new Uint8Array(buffer, TEXT_OFFSET, REPLY_TEXT_BYTES);
	}

	/** Raises the stop flag and ends a sleep. Main thread. */
	raiseStop(): void {
		Atomics.store(this.#words, STOP, 1);
		Atomics.notify(this.#words, STOP);
		// A thread that waits for a reply wakes, too, and sees the flag.
		Atomics.notify(this.#words, ANSWERED);
		this.#wake?.();
	}

	/** Clears the flags and counts from 0, before the thread gets its next role. `requests`: see `allow()`. Main thread. */
	clearStop(requests = 0): void {
		Atomics.store(this.#words, STOP, 0);
		Atomics.store(this.#words, RETIRE, 0);
		Atomics.store(this.#words, REQUESTS, 0);
		Atomics.store(this.#words, ALLOWED, requests);
		this.idle();
	}

	get mustStop(): boolean {
		return Atomics.load(this.#words, STOP) !== 0;
	}

	/** Asks a serving thread to end its role after the running request. Main thread; wake its ring afterwards. */
	retire(): void {
		Atomics.store(this.#words, RETIRE, 1);
		this.#tellTurn();
		this.#wake?.();
	}

	get mustRetire(): boolean {
		return Atomics.load(this.#words, RETIRE) !== 0 || this.mustStop;
	}

	/** Tells the thread that its request has little time left to answer; it serves on. Main thread. */
	drain(): void {
		Atomics.store(this.#words, DRAINS, 1);
		this.#wake?.();
	}

	get drains(): boolean {
		return Atomics.load(this.#words, DRAINS) !== 0;
	}

	/** Sleeps, at most `milliseconds`, until the stop flag is raised. PHP thread. */
	sleep(milliseconds: number): void {
		Atomics.wait(this.#words, STOP, 0, milliseconds);
	}

	/** Lets the thread begin this many requests in its role, including those already begun; 0 = any number. Main thread. */
	allow(requests: number): void {
		Atomics.store(this.#words, ALLOWED, requests);
		this.#tellTurn();
	}

	/** Waits while the thread may begin no further request. PHP thread. */
	waitForAllowance(): void {
		for (;;) {
			const turn = Atomics.load(this.#words, TURN);
			const allowed = Atomics.load(this.#words, ALLOWED);
			if (allowed === 0 || this.requests < allowed || this.mustRetire) return;
			Atomics.wait(this.#words, TURN, turn, ALLOWANCE_NAP);
		}
	}

	#tellTurn(): void {
		Atomics.add(this.#words, TURN, 1);
		Atomics.notify(this.#words, TURN);
	}

	/** Resolves when the stop flag is raised; undefined = it already is. PHP thread; its event loop has to run. */
	stopRaised(): Promise<unknown> | undefined {
		const { async, value } = Atomics.waitAsync(this.#words, STOP, 0);
		return async ? value : undefined;
	}

	/** True when the main thread has to be told, for the first time since it last looked. PHP thread. */
	ringDoorbell(): boolean {
		return Atomics.exchange(this.#words, DOORBELL, 1) === 0;
	}

	/** The main thread is about to look: what is written from now on rings again. Main thread, before it reads. */
	answerDoorbell(): void {
		Atomics.store(this.#words, DOORBELL, 0);
	}

	/** Id of the request that is being served, or NO_REQUEST. */
	get currentRequest(): number {
		return Atomics.load(this.#words, CURRENT_REQUEST);
	}

	/** The last ticket that it took from its ring, or was about to take. */
	get claim(): number {
		return Atomics.load(this.#words, CLAIM);
	}

	/** PHP thread only, before it takes the ticket. */
	set claim(ticket: number) {
		Atomics.store(this.#words, CLAIM, ticket);
	}

	/** Id of the last request that was begun, ended or not. */
	get lastRequest(): number {
		return Atomics.load(this.#words, LAST_REQUEST);
	}

	/** PHP thread only. */
	set currentRequest(id: number) {
		if (id !== NO_REQUEST) Atomics.store(this.#words, LAST_REQUEST, id);
		Atomics.store(this.#words, CURRENT_REQUEST, id);
	}

	/** Counts a request that is really served. Returns the count in this role. PHP thread. */
	countRequest(): number {
		return Atomics.add(this.#words, REQUESTS, 1) + 1;
	}

	/** Requests begun in the current role, or the last one. */
	get requests(): number {
		return Atomics.load(this.#words, REQUESTS);
	}

	/** The thread is idle from now on. Called when it is about to sleep; by the main thread only while it is spare. */
	idle(): void {
		this.#floats[IDLE_SINCE >> 1] = Date.now();
	}

	/** Since when it has been idle, milliseconds since 1970; only meaningful while it serves nothing. */
	get idleSince(): number {
		return this.#floats[IDLE_SINCE >> 1] as number;
	}

	/**
	 * Arms or disarms (0) the time limit of the running script, milliseconds. PHP thread. PHP asks for it by setitimer();
	 * WASM code cannot be interrupted by a signal, so the main thread's watchdog enforces it.
	 */
	armLimit(milliseconds: number): void {
		Atomics.store(this.#words, LIMIT, milliseconds);
		Atomics.add(this.#words, ARMED, 1);
	}

	/** The limit, milliseconds (0 = none), and a number that changes whenever it is armed anew. Main thread. */
	get limit(): { milliseconds: number; armed: number } {
		return { milliseconds: Atomics.load(this.#words, LIMIT), armed: Atomics.load(this.#words, ARMED) };
	}

	/** True while the thread waits for something that has its own deadline; that time does not count for the script. */
	get blocked(): boolean {
		return Atomics.load(this.#words, BLOCKED) !== 0;
	}

	set blocked(value: boolean) {
		Atomics.store(this.#words, BLOCKED, value ? 1 : 0);
	}

	/** Bytes of the PHP instance's memory; 0 = there is none yet. Any thread. */
	get memory(): number {
		return Atomics.load(this.#words, MEMORY) * PAGE_BYTES;
	}

	/** PHP thread only. */
	set memory(bytes: number) {
		Atomics.store(this.#words, MEMORY, bytes / PAGE_BYTES);
	}

	/** The question whose sidekicks the thread waits for; 0 = none. Any thread; written by the PHP thread. */
	get waitsFor(): number {
		return Atomics.load(this.#words, WAITS_FOR);
	}

	set waitsFor(question: number) {
		Atomics.store(this.#words, WAITS_FOR, question);
	}

	/** Answers the question with this number. Main thread. */
	reply(question: number, reply: Reply): void {
		if (reply.ok) {
			for (const [i, handle] of reply.handles.entries()) this.#words[WORDS + i] = handle;
			this.#words[REPLY_COUNT] = reply.handles.length;
		} else {
			const text = new TextEncoder().encode(reply.message).subarray(0, REPLY_TEXT_BYTES);
			this.#text.set(text);
			this.#words[REPLY_COUNT] = text.length;
		}
		this.#words[REPLY_STATUS] = reply.ok ? 1 : 0;
		Atomics.store(this.#words, ANSWERED, question);
		Atomics.notify(this.#words, ANSWERED);
	}

	/** Blocks for the reply to `question`; undefined when the time is over or the thread has to stop. PHP thread. */
	awaitReply(question: number, milliseconds: number): Reply | undefined {
		const end = performance.now() + milliseconds;
		for (;;) {
			const seen = Atomics.load(this.#words, ANSWERED);
			if (seen === question) break;
			const left = end - performance.now();
			if (left <= 0 || this.mustStop) return undefined;
			Atomics.wait(this.#words, ANSWERED, seen, Math.min(left, 100));
		}
		const count = this.#words[REPLY_COUNT] as number;
		if (this.#words[REPLY_STATUS] === 1) {
			return { ok: true, handles: Array.from(this.#words.subarray(WORDS, WORDS + count)) };
		}
		return { ok: false, message: new TextDecoder().decode(this.#text.slice(0, count)) };
	}
}
