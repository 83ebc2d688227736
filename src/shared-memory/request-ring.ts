/**
 * The queue from which idle PHP threads help themselves: tickets of slots, one producer (the main thread), many consumers.
 *
 * Words of the ring's buffer, then CAPACITY tickets.
 */
const HEAD = 0;
const TAIL = 1;
const SLEEPERS = 2;
const WAKE = 3;
const ENTRIES = 16;
const BYTES_PER_WORD = 4;

/** A thread checks its own flags at least this often, milliseconds, even if a wake-up is lost. */
const NAP = 1000;

/** Makes the buffer of a ring for up to `capacity` (a power of two) waiting requests. */
export function createRingBuffer(capacity: number): SharedArrayBuffer {
	return new SharedArrayBuffer((ENTRIES + capacity) * BYTES_PER_WORD);
}

/** Both ends of the ring. `push` and `wakeAll` belong to the main thread, `pop` to PHP threads. */
export class RequestRing {
	readonly #words: Int32Array;
	readonly #mask: number;

	constructor(buffer: SharedArrayBuffer) {
		this.#words = new Int32Array(buffer);
		this.#mask = this.#words.length - ENTRIES - 1;
	}

	/** Requests that wait. Any thread. */
	get length(): number {
		return (Atomics.load(this.#words, TAIL) - Atomics.load(this.#words, HEAD)) | 0;
	}

	/**
	 * Adds a ticket. Main thread only. Never full: there are as many entries as request slots, and each lies here once.
	 * @param wakes whether a sleeping thread is woken for it; if not, `wakeSome()` has to follow soon
	 * @returns whether a thread sleeps; if none does, one of them finds the ticket
	 */
	push(ticket: number, wakes = true): boolean {
		const words = this.#words;
		const tail = Atomics.load(words, TAIL);
		Atomics.store(words, ENTRIES + (tail & this.#mask), ticket);
		Atomics.store(words, TAIL, (tail + 1) | 0);
		// WAKE changes before SLEEPERS is read: a consumer that sees an empty ring after registering as a sleeper
		// either sees this entry or sleeps on a WAKE value that is already old.
		Atomics.add(words, WAKE, 1);
		if (Atomics.load(words, SLEEPERS) === 0) return false;
		if (wakes) Atomics.notify(words, WAKE, 1);
		return true;
	}

	/** Wakes as many sleeping threads as there are tickets. Main thread. */
	wakeSome(): void {
		const { length } = this;
		if (length > 0 && Atomics.load(this.#words, SLEEPERS) > 0) Atomics.notify(this.#words, WAKE, length);
	}

	/** The position of the entry that is popped next; positions wrap at 32 bits. Any thread; may be old at once. */
	get head(): number {
		return Atomics.load(this.#words, HEAD);
	}

	/** The position behind the last entry. */
	get tail(): number {
		return Atomics.load(this.#words, TAIL);
	}

	/** The ticket at a position between `head` and `tail`. Main thread: nobody else overwrites entries. */
	at(position: number): number {
		return Atomics.load(this.#words, ENTRIES + (position & this.#mask));
	}

	/** Makes every sleeper look at its flags. Any thread. */
	wakeAll(): void {
		Atomics.add(this.#words, WAKE, 1);
		Atomics.notify(this.#words, WAKE);
	}

	/**
	 * Takes a ticket, or undefined when the ring is empty. PHP threads.
	 * @param claim told of each ticket before the attempt to take it: if the thread dies then, it may have had that one
	 */
	tryPop(claim?: (ticket: number) => void): number | undefined {
		const words = this.#words;
		for (;;) {
			const head = Atomics.load(words, HEAD);
			if (head === Atomics.load(words, TAIL)) return undefined;
			const ticket = Atomics.load(words, ENTRIES + (head & this.#mask));
			claim?.(ticket);
			if (Atomics.compareExchange(words, HEAD, head, (head + 1) | 0) === head) return ticket;
		}
	}

	/** Blocks until there is a ticket or `mustEnd()`; then undefined. PHP threads. `claim`: see `tryPop()`. */
	pop(mustEnd: () => boolean, claim?: (ticket: number) => void): number | undefined {
		const words = this.#words;
		for (;;) {
			if (mustEnd()) {
				// A push may have woken just this thread: another one has to be woken instead.
				if (this.length > 0) Atomics.notify(words, WAKE, 1);
				return undefined;
			}
			const ticket = this.tryPop(claim);
			if (ticket !== undefined) return ticket;
			const wake = Atomics.load(words, WAKE);
			Atomics.add(words, SLEEPERS, 1);
			if (!mustEnd() && Atomics.load(words, HEAD) === Atomics.load(words, TAIL)) {
				Atomics.wait(words, WAKE, wake, NAP);
			}
			Atomics.sub(words, SLEEPERS, 1);
		}
	}
}
