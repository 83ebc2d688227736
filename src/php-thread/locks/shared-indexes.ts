import type { LockKind } from '../../shared-memory/file-locks.ts';
import { ERRNO } from '../abi/errno.ts';
import type { FileRange, LockableStream } from './lock-keeper.ts';
import { type IndexFile, REGION, WalIndex } from './wal-index.ts';

const MAP_PRIVATE = 2;
/** The byte of the index whose lock a writer has; SQLite's UNIX_SHM_BASE + WAL_WRITE_LOCK. */
const WRITE_LOCK = 120;
/** What SQLite maps at once: pages of WASM have 64 KB. */
const MAPPED_AT_ONCE = 2 * REGION;

/**
 * The wal-indexes that SQLite has mapped in this PHP instance. Keeps each in sync with its file around the calls for
 * locks; see `WalIndex`. PHP thread.
 */
export class SharedIndexes {
	readonly #indexes = new Map<LockableStream, WalIndex>();
	readonly #memory: () => Uint8Array<ArrayBuffer>;
	readonly #free: (pointer: number, length: number) => void;

	/**
	 * @param memory the instance's memory as it is now
	 * @param free munmap() of the instance
	 */
	constructor(memory: () => Uint8Array<ArrayBuffer>, free: (pointer: number, length: number) => void) {
		this.#memory = memory;
		this.#free = free;
	}

	/**
	 * The size of an open file as SQLite is to see it. Others extend an index by 32 KB, and SQLite here maps 64 KB at once:
	 * it would take what is there for missing. What is behind the end of the file reads as zeros, as it does when SQLite
	 * has extended the file.
	 */
	static shownSize(stream: LockableStream, size: number): number {
		return isIndex(stream) && size >= REGION ? Math.ceil(size / MAPPED_AT_ONCE) * MAPPED_AT_ONCE : size;
	}

	/** A part of a file has been mapped at `pointer`. */
	mapped(stream: LockableStream, pointer: number, length: number, position: number, flags: number): void {
		if ((flags & MAP_PRIVATE) !== 0 || !isIndex(stream)) return;
		let index = this.#indexes.get(stream);
		if (index === undefined) {
			index = new WalIndex(fileOf(stream), this.#memory);
			this.#indexes.set(stream, index);
		}
		index.map(pointer, length, position);
	}

	/** Memory is about to be freed. True = it was an index's, and none of it still has to be written. */
	unmapped(pointer: number): boolean {
		for (const index of this.#indexes.values()) {
			if (!index.shows(pointer)) continue;
			attempt(() => index.publish());
			index.unmap(pointer);
			return true;
		}
		return false;
	}

	/**
	 * Makes the call for a range lock, and does what belongs before and after it.
	 * @param kind undefined = unlock
	 * @param call returns 0 or a negative errno
	 * @param giveBack undoes a lock that was granted
	 */
	around(
		stream: LockableStream,
		kind: LockKind | undefined,
		range: FileRange,
		call: () => number,
		giveBack: () => void,
	): number {
		if (this.#indexes.size === 0) return call();
		const index = this.#indexes.get(stream);
		// A lock on a database: who has all of it takes none on the index, at the last close or in locking_mode=EXCLUSIVE.
		const concerned = index === undefined ? [...this.#indexes.values()] : [index];
		const published = attempt(() => {
			for (const one of concerned) one.publish();
		});
		if (!published && kind !== undefined) return -ERRNO.EIO;
		const result = call();
		if (kind === undefined) return result;
		const isGranted = result === 0 && kind === 'exclusive';
		if (index === undefined && !(isGranted && range.end - range.start > 1)) return result;
		const toWrite = index !== undefined && isGranted && range.start <= WRITE_LOCK && WRITE_LOCK < range.end;
		const refreshed = attempt(() => {
			for (const one of concerned) one.refresh(toWrite);
		});
		if (refreshed) return result;
		if (result === 0) giveBack();
		return -ERRNO.EIO;
	}

	/** SQLite has slept before it tries again: it starts with the header, and must not see the one from before. */
	slept(): void {
		for (const index of this.#indexes.values()) {
			attempt(() => {
				index.publish();
				index.refresh(false);
			});
		}
	}

	/** A descriptor is about to be closed, and its locks to be given back. */
	closing(stream: LockableStream): void {
		if (this.#indexes.size === 0) return;
		for (const index of this.#indexes.values()) attempt(() => index.publish());
		const index = this.#indexes.get(stream);
		if (index === undefined) return;
		// With pages of 64 KB, SQLite unmaps halves of what it has mapped, which Emscripten refuses.
		for (const { pointer, length } of [...index.mappings]) this.#free(pointer, length);
		this.#indexes.delete(stream);
	}
}

function isIndex(stream: LockableStream): boolean {
	return stream.path?.endsWith('-shm') === true;
}

function fileOf(stream: LockableStream): IndexFile {
	return {
		read: (...part) => stream.stream_ops.read?.(stream, ...part) ?? 0,
		write: (...part) => {
			stream.stream_ops.write?.(stream, ...part);
		},
	};
}

/** False = the host's file failed. */
function attempt(action: () => void): boolean {
	try {
		action();
		return true;
	} catch (error) {
		if (typeof (error as { errno?: unknown }).errno !== 'number') throw error;
		return false;
	}
}
