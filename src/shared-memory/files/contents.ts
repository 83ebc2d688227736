import { FileError } from './file-error.ts';
import type { Inodes } from './inodes.ts';
import { INODE, PAGE_BYTES } from './layout.ts';
import type { Bytes, Pages } from './pages.ts';

const LARGEST_FILE = 2 ** 31 - 1;

/**
 * Contents of files, by the number of the inode. The size is written last when a file grows and first when it shrinks:
 * whatever happens in between, the chain is long enough. Call it with the lock.
 */
export class Contents {
	readonly #inodes: Inodes;
	readonly #pages: Pages;

	constructor(inodes: Inodes, pages: Pages) {
		this.#inodes = inodes;
		this.#pages = pages;
	}

	/** Returns how many bytes there were. */
	read(inode: number, target: Bytes, offset: number, length: number, position: number): number {
		const count = Math.min(length, this.#inodes.get(inode, INODE.SIZE) - position);
		if (count <= 0) return 0;
		this.#pages.copyOut(this.#inodes.get(inode, INODE.HEAD), position, target, offset, count);
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
		const head = this.#inodes.get(inode, INODE.HEAD);
		if (position > size) this.#pages.clear(head, size, position - size);
		this.#pages.copyIn(head, position, source, offset, length);
		if (end > size) this.#inodes.set(inode, INODE.SIZE, end);
	}

	/** Cuts it, or makes it longer with zeros. @throws FileError `ENOSPC`, `EFBIG` */
	resize(inode: number, size: number): void {
		const old = this.#inodes.get(inode, INODE.SIZE);
		if (size > old) {
			this.#reserve(inode, size);
			this.#pages.clear(this.#inodes.get(inode, INODE.HEAD), old, size - old);
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

	/** Makes the chain long enough for so many bytes. */
	#reserve(inode: number, bytes: number): void {
		if (bytes > LARGEST_FILE) throw new FileError('EFBIG');
		const needed = Math.ceil(bytes / PAGE_BYTES);
		const head = this.#inodes.get(inode, INODE.HEAD);
		let last = head;
		let count = last === 0 ? 0 : 1;
		for (; count > 0 && count < needed; count++) {
			const next = this.#pages.next(last);
			if (next === 0) break;
			last = next;
		}
		if (count >= needed) return;
		const more = this.#pages.take(needed - count);
		if (last === 0) this.#inodes.set(inode, INODE.HEAD, more);
		else this.#pages.link(last, more);
	}

	/** Keeps the first `count` pages. */
	#cut(inode: number, count: number): void {
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
}
