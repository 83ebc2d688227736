import { createSnapshotBuffers, SNAPSHOT_WORDS, SnapshotBuffers } from './snapshot-buffers.ts';
import { createTaskBuffers, type TaskBuffers } from './task-layout.ts';
import { TaskTable } from './task-table.ts';

/**
 * The sidekicks of one scope as every thread sees them: one cell per sidekick with its snapshot, its generation (a new
 * one when the name behind the cell changes), whether it has reached its ready point, and two texts for error messages.
 * One epoch word for all of them: whoever waits for a ready point sleeps on it, and checks again after each change.
 *
 * The threads of a background worker share its cell: who publishes has the cell's lock meanwhile, which holds its number.
 * The main thread takes the lock from a thread that is gone.
 */
const EPOCH = 0;
const HEADER_WORDS = 16;
const GENERATION = SNAPSHOT_WORDS;
const PUBLICATIONS = SNAPSHOT_WORDS + 1;
const TEXT_SEQUENCE = SNAPSHOT_WORDS + 2;
const STATUS_LENGTH = SNAPSHOT_WORDS + 3;
const FAILURE_LENGTH = SNAPSHOT_WORDS + 4;
const READY = SNAPSHOT_WORDS + 5;
const PUBLISHED_AT = SNAPSHOT_WORDS + 6;
const LOCK = SNAPSHOT_WORDS + 8;
const BACKGROUND = SNAPSHOT_WORDS + 9;
const BOOT_FAILURES = SNAPSHOT_WORDS + 10;
const THREADS = SNAPSHOT_WORDS + 11;
const CELL_WORDS = SNAPSHOT_WORDS + 12;
const TEXT_BYTES = 4096;
const CELL_BITS = 8;
/** Longest uninterrupted sleep for a cell's lock, milliseconds. */
const LOCK_NAP = 100;
/** How long a publication may wait for it, milliseconds. */
const LOCK_LIMIT = 10_000;
const GENERATION_MASK = 0x3fffff;

/** The most sidekicks that a board can hold. */
export const MAX_SIDEKICKS = 240;

/** What is sent to a thread so that it can open the board. */
export type BoardBuffers = {
	control: SharedArrayBuffer;
	snapshots: SharedArrayBuffer[][];
	tasks: TaskBuffers;
	maxSnapshotSize: number;
};

/** Makes the buffers of a board for `sidekicks` cells. @param tasks of another board that is to share its tasks */
export function createBoardBuffers(
	sidekicks: number,
	maxSnapshotSize: number,
	tasks: TaskBuffers = createTaskBuffers(maxSnapshotSize),
): BoardBuffers {
	const bytes = (HEADER_WORDS + sidekicks * CELL_WORDS) * 4 + sidekicks * 2 * TEXT_BYTES;
	return {
		control: new SharedArrayBuffer(Math.ceil(bytes / 8) * 8),
		snapshots: Array.from({ length: sidekicks }, () => createSnapshotBuffers(maxSnapshotSize)),
		tasks,
		maxSnapshotSize,
	};
}

/** A view of the board. Each method says which thread may call it. */
export class SidekickBoard {
	readonly size: number;
	readonly maxSnapshotSize: number;
	readonly #words: Int32Array;
	readonly #floats: Float64Array;
	readonly #bytes: Uint8Array;
	readonly #snapshots: SnapshotBuffers[];
	/** The tasks of its sidekicks, as the main thread sees them. */
	readonly tasks: TaskTable;

	constructor(buffers: BoardBuffers) {
		this.size = buffers.snapshots.length;
		this.maxSnapshotSize = buffers.maxSnapshotSize;
		this.tasks = new TaskTable(buffers.tasks);
		this.#words = new Int32Array(buffers.control);
		this.#floats = new Float64Array(buffers.control);
		this.#bytes = new Uint8Array(buffers.control);
		this.#snapshots = buffers.snapshots.map((pair, cell) => new SnapshotBuffers(this.#words, wordsOf(cell), pair));
	}

	// ------------------------------------------------------------------ readers, any thread

	/** The published version behind a handle, 0 = none. The hot path of `get_vars()`: two loads, no allocation. */
	version(handle: number): number {
		return (this.#snapshots[handle & 0xff] as SnapshotBuffers).version;
	}

	/** The snapshots behind a handle; undefined when its sidekick is gone. */
	snapshots(handle: number): SnapshotBuffers | undefined {
		return this.isCurrent(handle) ? this.#snapshots[handle & 0xff] : undefined;
	}

	isCurrent(handle: number): boolean {
		const cell = handle & 0xff;
		return cell < this.size && handle === this.handle(cell);
	}

	/** The handle of the sidekick that has the cell now. */
	handle(cell: number): number {
		return ((Atomics.load(this.#words, wordsOf(cell) + GENERATION) & GENERATION_MASK) << CELL_BITS) | cell;
	}

	get epoch(): number {
		return Atomics.load(this.#words, EPOCH);
	}

	/** Whether what is behind the handle has ever reached its ready point. */
	isReady(handle: number): boolean {
		return Atomics.load(this.#words, wordsOf(handle & 0xff) + READY) !== 0;
	}

	/** Whether it is a background worker, and no sidekick. */
	isBackground(handle: number): boolean {
		return Atomics.load(this.#words, wordsOf(handle & 0xff) + BACKGROUND) !== 0;
	}

	/** Threads that run it at the same time, those that are just starting included. */
	threads(handle: number): number {
		return Atomics.load(this.#words, wordsOf(handle & 0xff) + THREADS);
	}

	/** A number that changes whenever one of its runs ends before it was ready. */
	bootFailures(handle: number): number {
		return Atomics.load(this.#words, wordsOf(handle & 0xff) + BOOT_FAILURES);
	}

	/** Sleeps until something has changed since `epoch`, or the time is over. Not on a browser's main thread. */
	waitForChange(epoch: number, milliseconds: number): void {
		Atomics.wait(this.#words, EPOCH, epoch, milliseconds);
	}

	/** The last publication, when it was made (milliseconds since 1970), and how many there were. */
	publication(handle: number): { version: number; publishedAt: number; size: number; count: number } {
		const cell = handle & 0xff;
		const snapshots = this.#snapshots[cell] as SnapshotBuffers;
		return {
			version: snapshots.version,
			publishedAt: this.#floats[(wordsOf(cell) + PUBLISHED_AT) >> 1] as number,
			size: snapshots.length,
			count: Atomics.load(this.#words, wordsOf(cell) + PUBLICATIONS),
		};
	}

	/** The sentence about what the sidekick is doing. */
	statusText(handle: number): string {
		return this.#readText(handle & 0xff, STATUS_LENGTH, 0);
	}

	/** Why the last sidekick in this cell is gone. */
	failureText(handle: number): string {
		return this.#readText(handle & 0xff, FAILURE_LENGTH, TEXT_BYTES);
	}

	// ------------------------------------------------------------------ the sidekick's own threads

	/** It has reached its ready point: waiting readers wake. */
	markReady(handle: number): void {
		if (this.isCurrent(handle) && Atomics.exchange(this.#words, wordsOf(handle & 0xff) + READY, 1) === 0)
			this.#change();
	}

	/**
	 * Publishes a snapshot. `first` = it is the first one of this sidekick; waiting readers are awake by then. Undefined = it
	 * was not published, because another thread has held the cell for too long.
	 * @param thread the number of this thread, not 0; of several that publish, each has its own
	 * @param isReadyPoint the first publication is the ready point
	 * @param announce called before anybody can see the changed snapshot
	 */
	publish(
		handle: number,
		bytes: Uint8Array,
		thread = 1,
		isReadyPoint = true,
		announce?: (version: number, first: boolean) => void,
	): { first: boolean; changed: boolean } | undefined {
		const cell = handle & 0xff;
		if (!this.#lock(cell, thread)) return undefined;
		try {
			// Its cell may belong to another scope by now.
			if (!this.isCurrent(handle)) return { first: false, changed: false };
			return this.#publishLocked(cell, bytes, isReadyPoint, announce);
		} finally {
			this.#unlock(cell, thread);
		}
	}

	#publishLocked(
		cell: number,
		bytes: Uint8Array,
		isReadyPoint: boolean,
		announce: ((version: number, first: boolean) => void) | undefined,
	): { first: boolean; changed: boolean } {
		const snapshots = this.#snapshots[cell] as SnapshotBuffers;
		const first = snapshots.version === 0;
		Atomics.add(this.#words, wordsOf(cell) + PUBLICATIONS, 1);
		this.#floats[(wordsOf(cell) + PUBLISHED_AT) >> 1] = Date.now();
		if (!first && snapshots.equals(bytes)) return { first: false, changed: false };
		announce?.(snapshots.nextVersion, first);
		snapshots.publish(bytes);
		if (first && isReadyPoint) Atomics.store(this.#words, wordsOf(cell) + READY, 1);
		if (first) this.#change();
		return { first, changed: true };
	}

	// ------------------------------------------------------------------ main thread

	/** A thread is gone: what it held is free again. */
	releaseThread(thread: number): void {
		for (let cell = 0; cell < this.size; cell++) this.#unlock(cell, thread);
	}

	/** A cell gets its next sidekick. @param threads that run it at the same time */
	take(handle: number, isBackground: boolean, threads: number): void {
		Atomics.store(this.#words, wordsOf(handle & 0xff) + THREADS, threads);
		Atomics.store(this.#words, wordsOf(handle & 0xff) + BACKGROUND, isBackground ? 1 : 0);
		this.tasks.counters.begin(handle);
		(this.#snapshots[handle & 0xff] as SnapshotBuffers).touch();
	}

	/** A run has ended before it was ready: who must not wait for the next one wakes. */
	bootFailed(handle: number): void {
		Atomics.add(this.#words, wordsOf(handle & 0xff) + BOOT_FAILURES, 1);
		this.#change();
	}

	/** Replaces the status text of the cell. */
	setStatus(handle: number, text: string): void {
		this.#writeText(handle & 0xff, STATUS_LENGTH, 0, text);
	}

	/** Ends this generation of the cell: handles become stale, waiters wake and read `reason`. */
	forget(handle: number, reason: string): void {
		const cell = handle & 0xff;
		this.#writeText(cell, FAILURE_LENGTH, TEXT_BYTES, reason);
		(this.#snapshots[cell] as SnapshotBuffers).clear();
		Atomics.store(this.#words, wordsOf(cell) + PUBLICATIONS, 0);
		Atomics.store(this.#words, wordsOf(cell) + READY, 0);
		Atomics.add(this.#words, wordsOf(cell) + GENERATION, 1);
		this.wakeWaiters();
	}

	/** Wakes every waiter, so that it checks its own stop flag. */
	wakeWaiters(): void {
		this.#change();
		// Senders wait for sidekicks, too.
		this.tasks.seats.wakeAll();
	}

	/** False = it cannot be had. */
	#lock(cell: number, thread: number): boolean {
		const at = wordsOf(cell) + LOCK;
		if (Atomics.compareExchange(this.#words, at, 0, thread) === 0) return true;
		const deadline = performance.now() + LOCK_LIMIT;
		for (;;) {
			const holder = Atomics.compareExchange(this.#words, at, 0, thread);
			if (holder === 0) return true;
			if (performance.now() > deadline) return false;
			Atomics.wait(this.#words, at, holder, LOCK_NAP);
		}
	}

	/** Frees the lock if the thread has it. */
	#unlock(cell: number, thread: number): void {
		const at = wordsOf(cell) + LOCK;
		if (Atomics.compareExchange(this.#words, at, thread, 0) === thread) Atomics.notify(this.#words, at, 1);
	}

	#change(): void {
		Atomics.add(this.#words, EPOCH, 1);
		Atomics.notify(this.#words, EPOCH);
	}

	#textOffset(cell: number): number {
		return (HEADER_WORDS + this.size * CELL_WORDS) * 4 + cell * 2 * TEXT_BYTES;
	}

	/** The main thread is the only writer; an odd sequence number means that it is writing. */
	#writeText(cell: number, lengthWord: number, offset: number, text: string): void {
		const encoded = new TextEncoder().encode(text).subarray(0, TEXT_BYTES);
		Atomics.add(this.#words, wordsOf(cell) + TEXT_SEQUENCE, 1);
		this.#bytes.set(encoded, this.#textOffset(cell) + offset);
		Atomics.store(this.#words, wordsOf(cell) + lengthWord, encoded.length);
		Atomics.add(this.#words, wordsOf(cell) + TEXT_SEQUENCE, 1);
	}

	#readText(cell: number, lengthWord: number, offset: number): string {
		const start = this.#textOffset(cell) + offset;
		for (;;) {
			const before = Atomics.load(this.#words, wordsOf(cell) + TEXT_SEQUENCE);
			const length = Atomics.load(this.#words, wordsOf(cell) + lengthWord);
			const copy = this.#bytes.slice(start, start + length);
			if ((before & 1) === 0 && Atomics.add(this.#words, wordsOf(cell) + TEXT_SEQUENCE, 0) === before) {
				return new TextDecoder().decode(copy);
			}
		}
	}
}

function wordsOf(cell: number): number {
	return HEADER_WORDS + cell * CELL_WORDS;
}
