import { FileError } from './file-error.ts';
import { HEADER, type Layout, MAX_OWNER } from './layout.ts';

const FREE = 0;
/** Attempts before a thread goes to sleep: most critical sections are shorter than a sleep and a wake. */
const SPINS = 200;
/** A sleeper checks again after this time, milliseconds: whoever should wake it may have been killed. */
const NAP = 10;
/** How long a PHP thread waits for the lock before it gives up, milliseconds. */
const THREAD_LIMIT = 10_000;
/** The same for the host. For a thread that dies it waits as long as that may take. */
const HOST_LIMIT = 4000;
/** The same for a host that must not sleep: nothing else moves on the page meanwhile. */
const SPIN_LIMIT = 1000;

/**
 * The lock over the shared files: one thread at a time, for microseconds. The lock word names its holder, so that the
 * host can release it for a thread that is gone.
 */
export class StoreMutex {
	readonly #words: Int32Array;
	readonly #owner: number;
	readonly #maySleep: boolean;
	readonly #repair: () => void;
	readonly #deathOf: (owner: number) => number | undefined;
	readonly #shutOut: number;

	/**
	 * @param owner this thread's number, not 0; of a PHP thread from 1
	 * @param maySleep false on a page or any thread that must not block: it spins, a second at most unless the holder dies
	 * @param repair called with the lock after a thread has died holding it
	 * @param deathOf when none of a terminated thread's code runs any more, of performance.now(); undefined = it lives
	 */
	constructor(
		words: Int32Array,
		layout: Layout,
		owner: number,
		maySleep: boolean,
		repair: () => void,
		deathOf: (owner: number) => number | undefined,
	) {
		if (owner === FREE || owner >= MAX_OWNER)
			throw new RangeError(`${owner} is no number of a thread (1 to ${MAX_OWNER - 1}).`);
		this.#shutOut = layout.shutOut;
		this.#words = words;
		this.#owner = owner;
		this.#maySleep = maySleep;
		this.#repair = repair;
		this.#deathOf = deathOf;
	}

	/**
	 * Runs an action alone. It must not call `run` again.
	 *
	 * @throws FileError `EBUSY` when the lock cannot be had in time
	 */
	run<T>(action: () => T): T {
		if (Atomics.compareExchange(this.#words, HEADER.LOCK, FREE, this.#owner) !== FREE) this.#wait();
		try {
			return this.#perform(action);
		} finally {
			this.#leave();
		}
	}

	/** The same, but with only a few attempts. Returns false when somebody else has the lock. */
	tryRun(action: () => void): boolean {
		if (!this.#spin()) return false;
		try {
			this.#perform(action);
			return true;
		} finally {
			this.#leave();
		}
	}

	/**
	 * Shuts a thread out for good. It may still be inside until somebody else gets the lock. Host only.
	 */
	shutOut(owner: number): void {
		if (owner > 0) Atomics.or(this.#words, this.#shutOut + (owner >>> 5), 1 << (owner & 31));
	}

	/** Releases the lock of a thread that is gone. Host only. */
	breakFor(owner: number): void {
		if (Atomics.load(this.#words, HEADER.LOCK) !== owner) return;
		Atomics.store(this.#words, HEADER.DIRTY, 1);
		Atomics.compareExchange(this.#words, HEADER.LOCK, owner, FREE);
		Atomics.notify(this.#words, HEADER.LOCK);
	}

	#perform<T>(action: () => T): T {
		if (this.#isShutOut()) throw new FileError('EIO');
		if (this.#words[HEADER.DIRTY] !== 0) this.#repair();
		try {
			return action();
		} catch (error) {
			// Not a refusal: it broke off in the middle, by a stack overflow for instance.
			if (!(error instanceof FileError)) this.#words[HEADER.DIRTY] = 1;
			throw error;
		}
	}

	#isShutOut(): boolean {
		const owner = this.#owner;
		return owner > 0 && (this.#words[this.#shutOut + (owner >>> 5)]! & (1 << (owner & 31))) !== 0;
	}

	#leave(): void {
		Atomics.store(this.#words, HEADER.LOCK, FREE);
		if (Atomics.load(this.#words, HEADER.WAITERS) !== 0) Atomics.notify(this.#words, HEADER.LOCK, 1);
	}

	#wait(): void {
		if (this.#spin()) return;
		const sleepLimit = this.#owner > 0 ? THREAD_LIMIT : HOST_LIMIT;
		const end = performance.now() + (this.#maySleep ? sleepLimit : SPIN_LIMIT);
		for (let now = performance.now(); ; now = performance.now()) {
			const holder = Atomics.compareExchange(this.#words, HEADER.LOCK, FREE, this.#owner);
			if (holder === FREE) return;
			// Nobody waits in vain for a thread that dies, not even on a page.
			const death = this.#deathOf(holder);
			if (death !== undefined && now >= death) this.breakFor(holder);
			else if (now >= Math.max(end, death ?? end)) break;
			if (!this.#maySleep) continue;
			Atomics.add(this.#words, HEADER.WAITERS, 1);
			Atomics.wait(this.#words, HEADER.LOCK, holder, NAP);
			Atomics.sub(this.#words, HEADER.WAITERS, 1);
		}
		throw new FileError('EBUSY');
	}

	#spin(): boolean {
		for (let i = 0; i < SPINS; i++) {
			if (Atomics.compareExchange(this.#words, HEADER.LOCK, FREE, this.#owner) === FREE) return true;
		}
		return false;
	}
}
