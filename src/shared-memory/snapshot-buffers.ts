/**
 * The snapshots of one sidekick: two buffers, written in turn, so that readers need no lock.
 *
 * Version v lies in buffer v & 1. A reader that copied version v knows that its copy is whole when no writer has begun
 * version v + 2, the next one in the same buffer. Buffers grow in place and are never replaced.
 */
const PUBLISHED = 0;
const WRITING = 1;
const LAST = 2;
const LENGTHS = 3;
/** Words that a SnapshotBuffers needs in the control buffer. */
export const SNAPSHOT_WORDS = 8;
const GROWTH = 65_536;
const MAX_VERSION = 0x7fffffff;

/** Makes the two growable buffers for snapshots of up to `maxSize` bytes. */
export function createSnapshotBuffers(maxSize: number): SharedArrayBuffer[] {
	const reserve = Math.ceil(maxSize / GROWTH) * GROWTH;
	return [0, 1].map(() => new SharedArrayBuffer(4096, { maxByteLength: Math.max(reserve, 4096) }));
}

/** Where a reader puts the bytes: called with the length, returns the destination, or undefined to give up. */
export type Destination = (length: number) => Uint8Array | undefined;

/** Reader and writer of one sidekick's snapshots. At most one thread writes at any time. */
export class SnapshotBuffers {
	readonly #words: Int32Array;
	readonly #base: number;
	readonly #buffers: readonly SharedArrayBuffer[];
	readonly #views: Uint8Array[];

	/** `words` is the shared control buffer, `base` the index of this sidekick's SNAPSHOT_WORDS words in it. */
	constructor(words: Int32Array, base: number, buffers: readonly SharedArrayBuffer[]) {
		this.#words = words;
		this.#base = base;
		this.#buffers = buffers;
		this.#views = buffers.map((buffer) => new Uint8Array(buffer, 0, buffer.byteLength));
	}

	/** The version that is published now; 0 = none. Any thread, never blocks. */
	get version(): number {
		return Atomics.load(this.#words, this.#base + PUBLISHED);
	}

	/** Length of the published snapshot, bytes; 0 when there is none. Any thread; may be one publication old. */
	get length(): number {
		const version = this.version;
		return version === 0 ? 0 : Atomics.load(this.#words, this.#base + LENGTHS + (version & 1));
	}

	/**
	 * Copies the published snapshot, whole. Any thread.
	 * @returns the version and the length copied; `version` 0 when nothing is published, `fits` false when the
	 *   destination gave up (then `length` says what it needs).
	 */
	read(destination: Destination): { version: number; length: number; fits: boolean } {
		for (;;) {
			const version = this.version;
			if (version === 0) return { version: 0, length: 0, fits: true };
			const length = Atomics.load(this.#words, this.#base + LENGTHS + (version & 1));
			const target = destination(length);
			if (target !== undefined) target.set(this.#view(version & 1, length).subarray(0, length));
			// A read-modify-write, not a load: on every architecture, the plain reads of the copy stay before it.
			const writing = Atomics.add(this.#words, this.#base + WRITING, 0);
			if (distance(version, writing) < 2) return { version, length, fits: target !== undefined };
		}
	}

	/** True when `bytes` equals the published snapshot. Writer only (nobody else can change it meanwhile). */
	equals(bytes: Uint8Array): boolean {
		const version = this.version;
		if (version === 0 || this.length !== bytes.length) return false;
		const current = this.#view(version & 1, bytes.length);
		for (let i = 0; i < bytes.length; i++) if (bytes[i] !== current[i]) return false;
		return true;
	}

	/** The version that `publish` will make. Writer only. */
	get nextVersion(): number {
		return next(Atomics.load(this.#words, this.#base + LAST));
	}

	/** Publishes `bytes`. Returns the new version. Writer only. Throws RangeError over the reserved size. */
	publish(bytes: Uint8Array): number {
		const words = this.#words;
		const version = this.nextVersion;
		const half = version & 1;
		// A read-modify-write, not a store: plain writes may overtake a store. Paired with the reader's it orders the two:
		// either that reader sees this version, or all that it has copied was read before anything below is written.
		Atomics.exchange(words, this.#base + WRITING, version);
		this.#view(half, bytes.length).set(bytes);
		Atomics.store(words, this.#base + LENGTHS + half, bytes.length);
		Atomics.store(words, this.#base + LAST, version);
		Atomics.store(words, this.#base + PUBLISHED, version);
		return version;
	}

	/** Has the system provide the memory of the first snapshots, before anybody waits for them. */
	touch(): void {
		for (const view of this.#views) Atomics.or(view, 0, 0);
	}

	/** Removes the snapshot; its versions are never used again. Only when no thread writes. */
	clear(): void {
		Atomics.store(this.#words, this.#base + PUBLISHED, 0);
	}

	/** A fixed-length view: length-tracking views of growable buffers are several times slower to read. */
	#view(half: number, length: number): Uint8Array {
		const view = this.#views[half] as Uint8Array;
		if (view.length >= length) return view;
		const buffer = this.#buffers[half] as SharedArrayBuffer;
		if (buffer.byteLength < length) buffer.grow(Math.ceil(length / GROWTH) * GROWTH);
		const renewed = new Uint8Array(buffer, 0, buffer.byteLength);
		this.#views[half] = renewed;
		return renewed;
	}
}

/** After the largest version comes 2: the other buffer, as after every odd version. */
function next(version: number): number {
	return version === MAX_VERSION ? 2 : version + 1;
}

function distance(from: number, to: number): number {
	return to >= from ? to - from : to - from + MAX_VERSION - 1;
}
