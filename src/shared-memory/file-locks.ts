/**
 * The file locks of all PHP threads of a server, in one table: flock() and fcntl() ranges of files that no host has, or
 * whose host cannot lock threads against each other. Also wakes those that wait for a lock, wherever the lock is kept.
 *
 * A record is [file, owner, kind (1 shared, 2 exclusive), start, end], in doubles, so that a range can be as wide as a
 * file. A mutex guards the table; it is held for microseconds, and released when its holder dies.
 */
const MUTEX = 0;
const COUNT = 1;
/** Words that count releases, each for a part of all files, so that waiters are not woken for every file. */
const CHANGES = 8;
const CHANNELS = 8;
const CONTROL_BYTES = 64;
const FIELDS = 5;
const RECORDS = 1024;
const FREE = 0;
const NAP = 50;

export type LockKind = 'shared' | 'exclusive';

/** A requested lock. `file` identifies the file, `owner` who locks: see `lockOwner`. */
export type LockRequest = { file: number; owner: number; kind: LockKind; start: number; end: number };

/** A thread's number and, for flock() (which belongs to the open file and not to the thread), the descriptor. */
export function lockOwner(thread: number, descriptor = 0): number {
	return thread * 65_536 + descriptor;
}

export function createFileLockBuffer(): SharedArrayBuffer {
	return new SharedArrayBuffer(CONTROL_BYTES + RECORDS * FIELDS * 8);
}

/** The table, as one thread uses it. Methods are for PHP threads unless they say otherwise. */
export class FileLocks {
	readonly #words: Int32Array;
	readonly #records: Float64Array;
	readonly #thread: number;

	/** `thread`: this thread's number, from 1. */
	constructor(buffer: SharedArrayBuffer, thread: number) {
		this.#words = new Int32Array(buffer, 0, CONTROL_BYTES / 4);
		this.#records = new Float64Array(buffer, CONTROL_BYTES);
		this.#thread = thread;
	}

	/** Takes the lock, replacing what the owner has in that range, or says that another owner's lock conflicts. */
	tryLock(request: LockRequest): 'locked' | 'conflict' | 'full' {
		return this.#guarded(() => {
			if (this.#conflict(request) !== undefined) return 'conflict';
			this.#carve(request);
			return this.#add(request.file, request.owner, request.kind === 'exclusive' ? 2 : 1, request.start, request.end)
				? 'locked'
				: 'full';
		});
	}

	/** The lock that keeps `request` from being granted, if any. */
	conflict(request: LockRequest): { kind: LockKind; start: number; end: number } | undefined {
		return this.#guarded(() => this.#conflict(request));
	}

	unlock(file: number, owner: number, start: number, end: number): void {
		this.#guarded(() => this.#carve({ file, owner, start, end }));
	}

	/** Counts the releases for a file: read it before trying a lock, then pass it to `waitForChange`. */
	changes(file: number): number {
		return Atomics.load(this.#words, channelOf(file));
	}

	/** Sleeps until a lock on the file has been released since `changes`, or the time is over. */
	waitForChange(file: number, changes: number, milliseconds: number): void {
		Atomics.wait(this.#words, channelOf(file), changes, milliseconds);
	}

	/** Wakes those that wait for the file. */
	wake(file: number): void {
		const channel = channelOf(file);
		Atomics.add(this.#words, channel, 1);
		Atomics.notify(this.#words, channel);
	}

	/** A thread has died: releases its locks, and the mutex too. Main thread, once the thread is gone. */
	releaseThread(thread: number): void {
		Atomics.compareExchange(this.#words, MUTEX, thread, FREE);
		Atomics.notify(this.#words, MUTEX);
		// The main thread must not sleep: while a PHP thread is in the middle of a change, it tries again later.
		if (Atomics.compareExchange(this.#words, MUTEX, FREE, this.#thread) !== FREE) {
			setTimeout(() => this.releaseThread(thread), 1);
			return;
		}
		this.#remove((_file, owner) => Math.floor(owner / 65_536) === thread);
		this.#leave();
	}

	#conflict(request: LockRequest): { kind: LockKind; start: number; end: number } | undefined {
		for (let i = 0; i < this.#count(); i++) {
			const [file, owner, kind, start, end] = this.#record(i);
			if (file !== request.file || owner === request.owner || start >= request.end || end <= request.start) continue;
			if (kind === 2 || request.kind === 'exclusive') return { kind: kind === 2 ? 'exclusive' : 'shared', start, end };
		}
		return undefined;
	}

	/** Takes a range away from the owner's locks; what sticks out on either side stays locked. */
	#carve({ file, owner, start, end }: Omit<LockRequest, 'kind'>): void {
		const rest: [number, number, number][] = [];
		this.#remove((lockedFile, holder, kind, from, to) => {
			if (lockedFile !== file || holder !== owner || from >= end || to <= start) return false;
			if (from < start) rest.push([kind, from, start]);
			if (to > end) rest.push([kind, end, to]);
			return true;
		});
		for (const [kind, from, to] of rest) this.#add(file, owner, kind, from, to);
	}

	#remove(matches: (file: number, owner: number, kind: number, start: number, end: number) => boolean): void {
		const freed = new Set<number>();
		for (let i = 0; i < this.#count(); ) {
			const record = this.#record(i);
			if (!matches(...record)) {
				i++;
				continue;
			}
			freed.add(record[0]);
			const last = this.#count() - 1;
			this.#records.copyWithin(i * FIELDS, last * FIELDS, (last + 1) * FIELDS);
			Atomics.store(this.#words, COUNT, last);
		}
		// Only a release wakes the waiters: if a failed attempt did, they would wake each other forever.
		for (const file of freed) this.wake(file);
	}

	#add(file: number, owner: number, kind: number, start: number, end: number): boolean {
		const index = this.#count();
		if (index === RECORDS) return false;
		this.#records.set([file, owner, kind, start, end], index * FIELDS);
		Atomics.store(this.#words, COUNT, index + 1);
		return true;
	}

	#count(): number {
		return Atomics.load(this.#words, COUNT);
	}

	#record(index: number): [number, number, number, number, number] {
		const at = index * FIELDS;
		return Array.from(this.#records.subarray(at, at + FIELDS)) as [number, number, number, number, number];
	}

	#guarded<T>(action: () => T): T {
		for (;;) {
			const holder = Atomics.compareExchange(this.#words, MUTEX, FREE, this.#thread);
			if (holder === FREE) break;
			Atomics.wait(this.#words, MUTEX, holder, NAP);
		}
		try {
			return action();
		} finally {
			this.#leave();
		}
	}

	#leave(): void {
		Atomics.store(this.#words, MUTEX, FREE);
		Atomics.notify(this.#words, MUTEX, 1);
	}
}

/** flock() and fcntl() locks of a file have numbers of their own (`n` and `-1 - n`), and one channel. */
function channelOf(file: number): number {
	return CHANGES + ((file < 0 ? -1 - file : file) % CHANNELS);
}
