import { CHUNK_BYTES, CHUNKS_USED, OWNERS_AT, type TaskBuffers } from './task-layout.ts';

/** No chunk. */
export const NO_CHUNK = -1;
const UNOWNED = 0;
/** How many chunks are looked for upwards before the search begins at the start again: so that memory stays dense. */
const SEARCHES = 64;
const GROWTH = 256 * CHUNK_BYTES;

/**
 * The memory of payloads and updates: chunks, each owned by the ticket of a task, or by nobody. What a thread has left
 * that died is found by its owner.
 */
export class TaskMemory {
	readonly #header: Int32Array;
	readonly #owners: Int32Array;
	readonly #next: Int32Array;
	readonly #data: SharedArrayBuffer;
	#bytes: Uint8Array;
	#from = 0;
	#searches = 0;

	constructor({ control, data, chunks }: TaskBuffers) {
		this.#header = new Int32Array(control, 0, OWNERS_AT);
		this.#owners = new Int32Array(control, OWNERS_AT * 4, chunks);
		this.#next = new Int32Array(control, (OWNERS_AT + chunks) * 4, chunks);
		this.#data = data;
		this.#bytes = new Uint8Array(data, 0, data.byteLength);
	}

	/** Copies bytes into chunks of `owner`. Returns the first; NO_CHUNK = there is no room, and nothing is kept. */
	write(owner: number, bytes: Uint8Array): number {
		let first = NO_CHUNK;
		let last = NO_CHUNK;
		let at = 0;
		do {
			const chunk = this.#claim(owner);
			if (chunk !== NO_CHUNK) {
				Atomics.store(this.#next, chunk, NO_CHUNK);
				if (last === NO_CHUNK) first = chunk;
				else Atomics.store(this.#next, last, chunk);
				last = chunk;
			}
			const view = chunk === NO_CHUNK ? undefined : this.#view(chunk);
			if (view === undefined) {
				this.free(owner, first);
				return NO_CHUNK;
			}
			const part = bytes.length <= CHUNK_BYTES ? bytes : bytes.subarray(at, at + CHUNK_BYTES);
			view.set(part, chunk * CHUNK_BYTES);
			at += CHUNK_BYTES;
		} while (at < bytes.length);
		return first;
	}

	/** Copies what `write()` was given. */
	read(first: number, target: Uint8Array): void {
		let chunk = first;
		for (let at = 0; at < target.length && chunk !== NO_CHUNK; at += CHUNK_BYTES) {
			const start = chunk * CHUNK_BYTES;
			const length = Math.min(CHUNK_BYTES, target.length - at);
			// It has been written, so its memory is there.
			target.set((this.#view(chunk) as Uint8Array).subarray(start, start + length), at);
			chunk = Atomics.load(this.#next, chunk);
		}
	}

	/** Gives chunks back. */
	free(owner: number, first: number): void {
		for (let chunk = first; chunk !== NO_CHUNK; ) {
			const next = Atomics.load(this.#next, chunk);
			if (Atomics.compareExchange(this.#owners, chunk, owner, UNOWNED) !== owner) return;
			chunk = next;
		}
	}

	/** Gives back whatever that owner has: a thread has died, and nobody knows how far it had come. */
	sweep(owner: number): void {
		const used = Atomics.load(this.#header, CHUNKS_USED);
		for (let chunk = 0; chunk < used; chunk++) Atomics.compareExchange(this.#owners, chunk, owner, UNOWNED);
	}

	/** Chunks that somebody owns, also beyond those that are in use. For tests. */
	get owned(): number {
		return this.#owners.reduce((count, owner) => count + (owner === UNOWNED ? 0 : 1), 0);
	}

	#claim(owner: number): number {
		if (++this.#searches % SEARCHES === 0) this.#from = 0;
		const start = this.#from;
		for (let i = 0; i < this.#owners.length; i++) {
			const chunk = (start + i) % this.#owners.length;
			if (Atomics.load(this.#owners, chunk) !== UNOWNED) continue;
			// Before it is owned: whoever sweeps after a thread that dies in between looks only at those in use.
			this.#use(chunk + 1);
			if (Atomics.compareExchange(this.#owners, chunk, UNOWNED, owner) !== UNOWNED) continue;
			this.#from = chunk + 1;
			return chunk;
		}
		return NO_CHUNK;
	}

	#use(count: number): void {
		for (;;) {
			const used = Atomics.load(this.#header, CHUNKS_USED);
			if (used >= count || Atomics.compareExchange(this.#header, CHUNKS_USED, used, count) === used) return;
		}
	}

	/** A view that has the chunk; of fixed length, for they are faster. Undefined = the machine has no memory for it. */
	#view(chunk: number): Uint8Array | undefined {
		const end = (chunk + 1) * CHUNK_BYTES;
		if (this.#bytes.length >= end) return this.#bytes;
		while (this.#data.byteLength < end) {
			try {
				this.#data.grow(Math.min(Math.ceil(end / GROWTH) * GROWTH, this.#data.maxByteLength));
			} catch {
				// Unless another thread has made it larger still.
				if (this.#data.byteLength < end) return undefined;
			}
		}
		this.#bytes = new Uint8Array(this.#data, 0, this.#data.byteLength);
		return this.#bytes;
	}
}
