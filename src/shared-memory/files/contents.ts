import { FileError } from './file-error.ts';
import type { Inodes } from './inodes.ts';
import { INODE, PAGE_BYTES } from './layout.ts';
import type { Bytes, Pages } from './pages.ts';

const LARGEST_FILE = 2 ** 31 - 1;

/** How many files a thread can read side by side without searching for its position again. */
const CURSORS = 8;

/** A page that a thread has used; still valid while generation and cuts are the same. */
type Cursor = { inode: number; generation: number; cuts: number; index: number; page: number };

/**
 * Contents of files, by the number of the inode. The size is written last when a file grows and first when it shrinks:
 * whatever happens in between, the chain is long enough. Call it with the lock.
 */
export class Contents {
	readonly #inodes: Inodes;
	readonly #pages: Pages;
	readonly #cursors: Cursor[] = Array.from({ length: CURSORS }, () => ({
		inode: 0,
		generation: 0,
		cuts: 0,
		index: 0,
		page: 0,
	}));

	constructor(inodes: Inodes, pages: Pages) {
		this.#inodes = inodes;
		this.#pages = pages;
	}

	/** Returns the number of bytes copied. */
	read(inode: number, target: Bytes, offset: number, length: number, position: number): number {
		const count = Math.min(length, this.#inodes.get(inode, INODE.SIZE) - position);
		if (count <= 0) return 0;
		this.#pages.copyOut(this.#pageOf(inode, position), position % PAGE_BYTES, target, offset, count);
		return count;
	}

	/** All of it, in memory that is not shared. */
	readAll(inode: number): Uint8Array<ArrayBuffer> {
		const content = new Uint8Array(this.#inodes.get(inode, INODE.SIZE));
		this.read(inode, content, 0, content.length, 0);
		return content;
	}

	/** @throws FileError `ENOSPC`, `EFBIG` */
	write(inode: number, source: Bytes, offset: number, length: number, position: number): void {
		const size = this.#inodes.get(inode, INODE.SIZE);
		const end = position + length;
		this.#reserve(inode, end);
		if (position > size) this.#clear(inode, size, position - size);
		this.#pages.copyIn(this.#pageOf(inode, position), position % PAGE_BYTES, source, offset, length);
		if (end > size) this.#inodes.set(inode, INODE.SIZE, end);
	}

	/** Cuts it, or makes it longer with zeros. @throws FileError `ENOSPC`, `EFBIG` */
	resize(inode: number, size: number): void {
		const old = this.#inodes.get(inode, INODE.SIZE);
		if (size > old) {
			this.#reserve(inode, size);
			this.#clear(inode, old, size - old);
			this.#inodes.set(inode, INODE.SIZE, size);
		} else if (size < old) {
			this.#inodes.set(inode, INODE.SIZE, size);
			this.#cut(inode, Math.ceil(size / PAGE_BYTES));
		}
	}

	/** Gives all pages back. The inode must not be in use any more. */
	discard(inode: number): void {
		this.#pages.giveBack(this.#inodes.get(inode, INODE.HEAD));
	}

	#clear(inode: number, position: number, length: number): void {
		this.#pages.clear(this.#pageOf(inode, position), position % PAGE_BYTES, length);
	}

	/** Makes the chain long enough for this many bytes. */
	#reserve(inode: number, bytes: number): void {
		if (bytes > LARGEST_FILE) throw new FileError('EFBIG');
		const size = this.#inodes.get(inode, INODE.SIZE);
		const more = Math.ceil(bytes / PAGE_BYTES) - Math.ceil(size / PAGE_BYTES);
		if (more <= 0) return;
		const chain = this.#pages.take(more);
		if (size === 0) this.#inodes.set(inode, INODE.HEAD, chain);
		else this.#pages.link(this.#pageOf(inode, size - 1), chain);
	}

	/** Keeps the first `count` pages. */
	#cut(inode: number, count: number): void {
		this.#inodes.set(inode, INODE.CUTS, (this.#inodes.get(inode, INODE.CUTS) + 1) | 0);
		const head = this.#inodes.get(inode, INODE.HEAD);
		if (count === 0) {
			this.#inodes.set(inode, INODE.HEAD, 0);
			this.#pages.giveBack(head);
			return;
		}
		const last = this.#pages.at(head, count - 1);
		const rest = this.#pages.next(last);
		this.#pages.link(last, 0);
		this.#pages.giveBack(rest);
	}

	/** The page with a byte of the file, searched from this thread's last position in it, if possible. */
	#pageOf(inode: number, position: number): number {
		const index = Math.floor(position / PAGE_BYTES);
		const cursor = this.#cursors[inode % CURSORS] as Cursor;
		const generation = this.#inodes.get(inode, INODE.GENERATION);
		const cuts = this.#inodes.get(inode, INODE.CUTS);
		const goesOn =
			cursor.inode === inode && cursor.generation === generation && cursor.cuts === cuts && cursor.index <= index;
		const page = goesOn
			? this.#pages.at(cursor.page, index - cursor.index)
			: this.#pages.at(this.#inodes.get(inode, INODE.HEAD), index);
		// Pages behind the end are not the file's yet: they would be freed if this thread died now.
		if (position >= this.#inodes.get(inode, INODE.SIZE)) return page;
		cursor.inode = inode;
		cursor.generation = generation;
		cursor.cuts = cuts;
		cursor.index = index;
		cursor.page = page;
		return page;
	}
}
