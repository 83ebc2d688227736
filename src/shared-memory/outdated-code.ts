/** How many are remembered; a thread that has missed more is told that everything is out of date. */
const ENTRIES = 256;
/** Most bytes of a path. */
const PATH_BYTES = 500;

const COUNT = 0;
const HEADER_WORDS = 4;
// An entry: the number of what it has (0 = it is being written), who has declared it, the length of the path, then the path.
const NUMBER = 0;
const THREAD = 1;
const LENGTH = 2;
const FORCED = 3;
const TEXT = 4;
const ENTRY_WORDS = TEXT + PATH_BYTES / 4;

/** A file that is out of date: `forced` = whatever its time stamp says. Or all of them. */
export type Outdated = { path: Uint8Array; forced: boolean } | 'all';

export function createOutdatedCodeBuffer(): SharedArrayBuffer {
	return new SharedArrayBuffer((HEADER_WORDS + ENTRIES * ENTRY_WORDS) * 4);
}

/**
 * What PHP has declared out of date, by `opcache_invalidate()` and `opcache_reset()`: each thread of a scope has an
 * opcache of its own, and learns here what the others declared. Used by one PHP thread; never blocks, and a thread that
 * is killed in the middle blocks nobody.
 */
export class OutdatedCode {
	readonly #words: Int32Array;
	readonly #bytes: Uint8Array;
	readonly #thread: number;
	/** Number of the last one heard of. */
	#heard: number;

	constructor(buffer: SharedArrayBuffer, thread: number) {
		this.#words = new Int32Array(buffer);
		this.#bytes = new Uint8Array(buffer);
		this.#thread = thread;
		this.#heard = Atomics.load(this.#words, COUNT);
	}

	/** How far it has heard, a number that goes round. */
	get heard(): number {
		return this.#heard;
	}

	/** Hears once more what was declared after `heard`. */
	hearFrom(heard: number): void {
		this.#heard = heard;
	}

	/** Tells the other threads. A path that is too long stands for all files. */
	declare(what: Outdated): void {
		const path = what === 'all' || what.path.length > PATH_BYTES ? undefined : what.path;
		const number = (Atomics.add(this.#words, COUNT, 1) + 1) | 0;
		const entry = entryOf(number);
		Atomics.store(this.#words, entry + NUMBER, 0);
		Atomics.store(this.#words, entry + THREAD, this.#thread);
		Atomics.store(this.#words, entry + LENGTH, path?.length ?? -1);
		Atomics.store(this.#words, entry + FORCED, what !== 'all' && what.forced ? 1 : 0);
		if (path !== undefined) this.#bytes.set(path, (entry + TEXT) * 4);
		Atomics.store(this.#words, entry + NUMBER, number);
	}

	/** The next that another thread has declared; undefined = there is nothing new. */
	next(): Outdated | undefined {
		const count = Atomics.load(this.#words, COUNT);
		while (this.#heard !== count) {
			const number = (this.#heard + 1) | 0;
			const entry = entryOf(number);
			const thread = Atomics.load(this.#words, entry + THREAD);
			const length = Atomics.load(this.#words, entry + LENGTH);
			const forced = Atomics.load(this.#words, entry + FORCED) === 1;
			const path = this.#bytes.slice((entry + TEXT) * 4, (entry + TEXT) * 4 + Math.max(0, length));
			// Overwritten since, or not completely written, and perhaps never will be.
			if (Atomics.load(this.#words, entry + NUMBER) !== number) {
				this.#heard = count;
				return 'all';
			}
			this.#heard = number;
			if (thread !== this.#thread) return length < 0 ? 'all' : { path, forced };
		}
		return undefined;
	}
}

function entryOf(number: number): number {
	return HEADER_WORDS + ((number >>> 0) % ENTRIES) * ENTRY_WORDS;
}
