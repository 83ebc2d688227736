import type { WasmMemory } from './abi/wasm-memory.ts';
import type { OpcacheCopy } from './thread-messages.ts';

/** Room for `struct igor_opcache_segment`, bytes. */
export const SEGMENT_FACTS = 32;

/** A copy is made when so many requests in a row have added nothing: then the application is compiled. */
const QUIET_REQUESTS = 10;
/** … and when there is so much more than in the last one, bytes: less is compiled faster than it is copied. */
const LEAST_GROWTH = 128 * 1024;
/** What is looked at together; pages that are not used yet stay so. */
const BLOCK = 16 * 1024;
/** Times of opcache have whole seconds. */
const SECOND = 1000;

/** What the segment works with. */
export type SegmentParts = {
	memory(): WasmMemory;
	/** Whether bytes are all zero; missing = nobody knows. */
	isZero: ((bytes: Uint8Array) => boolean) | undefined;
	/** Bytes of the newest copy that the scope has for such threads, word 0. */
	known: SharedArrayBuffer;
	/** How far the thread has heard of outdated code. */
	heard(): number;
	/** The thread is to hear what was declared from here on. */
	hearFrom(number: number): void;
	/** Takes a copy. */
	offer(copy: OpcacheCopy): void;
};

/**
 * The segment of this thread's opcache: what it has compiled, as it is given to threads that start later. Under php-fpm
 * processes share one; here each thread has its own, and a copy is as good where PHP has started identically. PHP thread.
 */
export class OpcacheSegment {
	readonly #parts: SegmentParts;
	readonly #known: Int32Array;
	readonly #base: number;
	readonly #size: number;
	readonly #usedAt: number;
	readonly #restartAt: number;
	readonly #exhaustedAt: number;
	readonly #fingerprint: string;
	readonly #freshness: number;
	readonly #usedAtStart: number;
	/** Bytes that were in use at the last request. */
	#last: number;
	/** Bytes that the last copy had. */
	#copied: number;
	#quiet = 0;

	/** @param facts address of what C tells of it */
	constructor(facts: number, parts: SegmentParts) {
		const { view } = parts.memory();
		const word = (index: number): number => view.getUint32(facts + index * 4, true);
		this.#parts = parts;
		this.#known = new Int32Array(parts.known);
		this.#base = word(0);
		this.#size = word(1);
		this.#usedAt = word(2);
		this.#restartAt = word(3);
		this.#exhaustedAt = word(4);
		this.#fingerprint = `${word(5)}-${word(6)}`;
		this.#freshness = view.getInt32(facts + 28, true);
		this.#usedAtStart = this.#used();
		this.#last = this.#usedAtStart;
		this.#copied = this.#usedAtStart;
	}

	/** Between two requests: offers a copy if it is worth it. */
	look(): void {
		const used = this.#used();
		if (used !== this.#last) {
			// It has been emptied: what others got may be what it was emptied for.
			if (used < this.#last) {
				this.#copied = this.#usedAtStart;
				Atomics.store(this.#known, 0, 0);
			}
			this.#last = used;
			this.#quiet = 0;
		} else if (++this.#quiet === QUIET_REQUESTS) this.#offer(used);
	}

	/**
	 * Takes over what another thread has compiled. Only before the first script.
	 * @returns whether it did: it does not when PHP has started otherwise, or when a file may have been looked at so lately
	 *   that it would not be looked at again
	 */
	adopt(copy: OpcacheCopy): boolean {
		const age = Date.now() - copy.at;
		const isOld = this.#freshness < 0 ? age >= 0 : age > (this.#freshness + 1) * SECOND;
		const { bytes } = this.#parts.memory();
		const fits = copy.fingerprint === this.#fingerprint && copy.used <= this.#size;
		if (!fits || !isOld || this.#used() !== this.#usedAtStart || !this.#isSound(bytes)) return false;
		const source = new Uint8Array(copy.bytes);
		let at = 0;
		for (const [offset = 0, length = 0] of copy.runs) {
			bytes.set(source.subarray(at, at + length), this.#base + offset);
			at += length;
		}
		this.#parts.hearFrom(copy.heard);
		this.#last = copy.used;
		this.#copied = copy.used;
		return true;
	}

	/** No getter: a private one is a call of the engine each time. */
	#used(): number {
		return this.#parts.memory().view.getUint32(this.#usedAt, true);
	}

	/** It is neither full nor about to be emptied. */
	#isSound(bytes: Uint8Array): boolean {
		return bytes[this.#restartAt] === 0 && bytes[this.#exhaustedAt] === 0;
	}

	#offer(used: number): void {
		const { bytes } = this.#parts.memory();
		const least = Math.max(this.#copied, Atomics.load(this.#known, 0)) + LEAST_GROWTH;
		if (used < least || !this.#isSound(bytes)) return;
		this.#copied = used;
		Atomics.store(this.#known, 0, used);
		const whole = bytes.subarray(this.#base, this.#base + used);
		const runs = this.#runs(whole);
		const copy = new Uint8Array(new SharedArrayBuffer(runs.reduce((sum, [, length]) => sum + length, 0)));
		let at = 0;
		for (const [offset, length] of runs) {
			copy.set(whole.subarray(offset, offset + length), at);
			at += length;
		}
		const heard = this.#parts.heard();
		this.#parts.offer({ bytes: copy.buffer, runs, used, fingerprint: this.#fingerprint, at: Date.now(), heard });
	}

	/** Where something is, as offset and length. */
	#runs(whole: Uint8Array): [offset: number, length: number][] {
		const { isZero } = this.#parts;
		if (isZero === undefined) return [[0, whole.length]];
		const runs: [number, number][] = [];
		for (let at = 0; at < whole.length; at += BLOCK) {
			const block = whole.subarray(at, at + BLOCK);
			if (isZero(block)) continue;
			const last = runs.at(-1);
			if (last !== undefined && last[0] + last[1] === at) last[1] += block.length;
			else runs.push([at, block.length]);
		}
		return runs;
	}
}
