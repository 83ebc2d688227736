import { FileError } from './file-error.ts';
import { HEADER, INODE, type Layout } from './layout.ts';

/** An id is generation × this + the inode's number. */
const NUMBERS = 2 ** 20;

/** The table of inodes. Call it with the lock. */
export class Inodes {
	readonly #words: Int32Array;
	readonly #times: Float64Array;
	readonly #start: number;

	constructor(words: Int32Array, layout: Layout) {
		this.#words = words;
		this.#times = new Float64Array(words.buffer);
		this.#start = layout.inodes - INODE.WORDS;
	}

	get(inode: number, field: number): number {
		return this.#words[this.#start + inode * INODE.WORDS + field]!;
	}

	set(inode: number, field: number, value: number): void {
		this.#words[this.#start + inode * INODE.WORDS + field] = value;
	}

	/** Milliseconds since 1970. */
	time(inode: number, field: number): number {
		return this.#times[(this.#start + inode * INODE.WORDS + field) / 2]!;
	}

	setTime(inode: number, field: number, milliseconds: number): void {
		this.#times[(this.#start + inode * INODE.WORDS + field) / 2] = milliseconds;
	}

	/** A number that no other file ever had. */
	id(inode: number): number {
		return this.get(inode, INODE.GENERATION) * NUMBERS + inode;
	}

	/** The inode of an id. @throws FileError `ENOENT` when the file is gone */
	find(id: number): number {
		const inode = id % NUMBERS;
		if (
			inode < 1 ||
			inode > this.#words[HEADER.INODES]! ||
			this.get(inode, INODE.GENERATION) !== Math.floor(id / NUMBERS) ||
			this.get(inode, INODE.MODE) === 0
		) {
			throw new FileError('ENOENT');
		}
		return inode;
	}

	/** Makes an empty inode without a name. @throws FileError `ENOSPC` */
	create(mode: number, now: number): number {
		let inode = this.#words[HEADER.FREE_INODE]!;
		if (inode !== 0) {
			this.#words[HEADER.FREE_INODE] = this.get(inode, INODE.NEXT_FREE);
		} else {
			inode = this.#words[HEADER.FRESH_INODE]!;
			if (inode > this.#words[HEADER.INODES]!) throw new FileError('ENOSPC');
			this.#words[HEADER.FRESH_INODE] = inode + 1;
		}
		for (const field of [INODE.LINKS, INODE.OPENS, INODE.SIZE, INODE.HEAD, INODE.FIRST, INODE.PARENT]) {
			this.set(inode, field, 0);
		}
		for (const field of [INODE.MTIME, INODE.CTIME, INODE.ATIME]) this.setTime(inode, field, now);
		this.set(inode, INODE.MODE, mode);
		return inode;
	}

	/** The inode is free; its pages are the caller's to give back. */
	remove(inode: number): void {
		this.set(inode, INODE.MODE, 0);
		this.set(inode, INODE.GENERATION, (this.get(inode, INODE.GENERATION) + 1) & 0x7fff_ffff);
		this.set(inode, INODE.NEXT_FREE, this.#words[HEADER.FREE_INODE]!);
		this.#words[HEADER.FREE_INODE] = inode;
	}
}
