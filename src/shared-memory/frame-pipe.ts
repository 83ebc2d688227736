/**
 * A pipe of frames in shared memory, one writer thread and one reader thread.
 *
 * A frame is HEADER_WORDS words (the first one is its total size in bytes) and a payload, always in one piece: where
 * the end of the buffer is too near, a negative size sends the reader back to the start.
 */
const WRITTEN = 0;
const READ = 1;
const CONTROL_BYTES = 64;
const WRAP = -1;

export const HEADER_WORDS = 6;
const HEADER_BYTES = HEADER_WORDS * 4;

/**
 * Buffers whose thread is gone, by capacity, for reuse. New ones for each thread fragmented the C heap of the process:
 * it grew by 360 KB with every replaced thread.
 */
const unused = new Map<number, SharedArrayBuffer[]>();

/** An empty pipe's buffer; a frame may take half of `capacity` bytes (a power of two, so that positions may wrap at 32 bits). */
export function createPipeBuffer(capacity: number): SharedArrayBuffer {
	const buffer = unused.get(capacity)?.pop();
	if (buffer === undefined) return new SharedArrayBuffer(CONTROL_BYTES + capacity);
	new Uint8Array(buffer, 0, CONTROL_BYTES).fill(0);
	return buffer;
}

/** Takes a pipe's buffer back for another pipe. Only when no thread can touch it any more. */
export function releasePipeBuffer(buffer: SharedArrayBuffer): void {
	const capacity = buffer.byteLength - CONTROL_BYTES;
	const buffers = unused.get(capacity);
	if (buffers === undefined) unused.set(capacity, [buffer]);
	else buffers.push(buffer);
}

function aligned(bytes: number): number {
	return (bytes + 7) & ~7;
}

/** Both ends of a pipe; a thread uses one of them only. */
export class FramePipe {
	readonly buffer: SharedArrayBuffer;
	/** The whole buffer: `payload` offsets index into it. */
	readonly bytes: Uint8Array;
	/** The whole buffer as words: frame headers are read here, at `frame / 4`. */
	readonly words: Int32Array;
	readonly #capacity: number;

	constructor(buffer: SharedArrayBuffer) {
		this.buffer = buffer;
		this.bytes = new Uint8Array(buffer);
		this.words = new Int32Array(buffer);
		this.#capacity = buffer.byteLength - CONTROL_BYTES;
	}

	/** The largest payload that one frame can carry, bytes. */
	get maxPayload(): number {
		return (this.#capacity >> 1) - HEADER_BYTES - 8;
	}

	/**
	 * Finds room for a frame. Returns its word index (header words 1…5 are the writer's, the payload starts at
	 * `(index + HEADER_WORDS) * 4`), or -1 when the reader has to read first. Writer only; follow with `commit`.
	 */
	reserve(payload: number): number {
		const size = aligned(HEADER_BYTES + payload);
		let written = Atomics.load(this.words, WRITTEN);
		const read = Atomics.load(this.words, READ);
		const at = (written >>> 0) % this.#capacity;
		const tail = this.#capacity - at;
		const free = this.#capacity - ((written - read) | 0);
		if (tail < size) {
			if (free < tail + size) return -1;
			this.words[(CONTROL_BYTES + at) >> 2] = WRAP;
			written = (written + tail) | 0;
			Atomics.store(this.words, WRITTEN, written);
		} else if (free < size) {
			return -1;
		}
		const index = (CONTROL_BYTES + ((written >>> 0) % this.#capacity)) >> 2;
		this.words[index] = size;
		return index;
	}

	/** Makes the reserved frame visible and wakes a sleeping reader. Writer only. */
	commit(index: number): void {
		const size = this.words[index] as number;
		// The atomic store orders the plain writes of the frame before it.
		Atomics.store(this.words, WRITTEN, (Atomics.load(this.words, WRITTEN) + size) | 0);
		Atomics.notify(this.words, WRITTEN);
	}

	/** Word index of the next frame, or -1 when there is none. Reader only; follow with `release`. */
	peek(): number {
		for (;;) {
			const read = Atomics.load(this.words, READ);
			if (read === Atomics.load(this.words, WRITTEN)) return -1;
			const at = (read >>> 0) % this.#capacity;
			const index = (CONTROL_BYTES + at) >> 2;
			if (this.words[index] !== WRAP) return index;
			Atomics.store(this.words, READ, (read + this.#capacity - at) | 0);
		}
	}

	/** Gives the frame's room back and wakes a writer that waits for it. Reader only. */
	release(index: number): void {
		const size = this.words[index] as number;
		Atomics.store(this.words, READ, (Atomics.load(this.words, READ) + size) | 0);
		Atomics.notify(this.words, READ);
	}

	/** How far the reader is. Read it before a `reserve` that may fail, then pass it to `waitForRoom`. */
	get readPosition(): number {
		return Atomics.load(this.words, READ);
	}

	/** Sleeps until the reader is past `position`, or the time is over. Writer on a PHP thread. */
	waitForRoom(position: number, milliseconds: number): void {
		Atomics.wait(this.words, READ, position, milliseconds);
	}

	/** Sleeps until a frame is there, or the time is over. Reader on a PHP thread. */
	waitForFrame(milliseconds: number): void {
		const written = Atomics.load(this.words, WRITTEN);
		if (written === Atomics.load(this.words, READ)) Atomics.wait(this.words, WRITTEN, written, milliseconds);
	}
}
