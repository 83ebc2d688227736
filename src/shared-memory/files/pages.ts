import { FileError } from './file-error.ts';
import { HEADER, type Layout, PAGE_BYTES } from './layout.ts';

/** Where bytes come from or go to: memory of PHP, or any array of bytes. */
export type Bytes = Uint8Array | Int8Array;

/**
 * The pages with contents. A file's content is a chain of pages; adjacent ones are copied at once. Call it with the lock.
 */
export class Pages {
	readonly #words: Int32Array;
	readonly #bytes: Uint8Array;
	readonly #next: number;
	readonly #start: number;

	constructor(words: Int32Array, layout: Layout) {
		this.#words = words;
		this.#bytes = new Uint8Array(words.buffer);
		this.#next = layout.nextPage;
		// Pages have numbers from 1.
		this.#start = layout.pages - PAGE_BYTES;
	}

	/** Pages that are free. */
	get free(): number {
		return this.#words[HEADER.FREE_PAGES]! + this.#words[HEADER.PAGES]! + 1 - this.#words[HEADER.FRESH_PAGE]!;
	}

	/** Where a page begins, in bytes. */
	offset(page: number): number {
		return this.#start + page * PAGE_BYTES;
	}

	next(page: number): number {
		return this.#words[this.#next + page]!;
	}

	/** Makes `page` the last of its chain, or one before `next`. */
	link(page: number, next: number): void {
		this.#words[this.#next + page] = next;
	}

	/** The page at an index of a chain; 0 = the chain is shorter. */
	at(head: number, index: number): number {
		let page = head;
		for (let i = 0; i < index && page !== 0; i++) page = this.#words[this.#next + page]!;
		return page;
	}

	/** Takes a chain of `count` ≥ 1 pages with any content. @throws FileError `ENOSPC` */
	take(count: number): number {
		if (count > this.free) throw new FileError('ENOSPC');
		const words = this.#words;
		const reused = Math.min(count, words[HEADER.FREE_PAGES]!);
		const head = reused > 0 ? words[HEADER.FREE_PAGE]! : words[HEADER.FRESH_PAGE]!;
		let last = 0;
		if (reused > 0) {
			last = this.at(head, reused - 1);
			words[HEADER.FREE_PAGE] = this.next(last);
			words[HEADER.FREE_PAGES]! -= reused;
		}
		if (reused < count) {
			const fresh = words[HEADER.FRESH_PAGE]!;
			const end = fresh + count - reused;
			words[HEADER.FRESH_PAGE] = end;
			for (let page = fresh; page < end - 1; page++) this.link(page, page + 1);
			if (last !== 0) this.link(last, fresh);
			last = end - 1;
		}
		this.link(last, 0);
		return head;
	}

	/** Gives a chain back; nothing must lead to it any more. */
	giveBack(head: number): void {
		if (head === 0) return;
		let last = head;
		let count = 1;
		for (let next = this.next(last); next !== 0; next = this.next(last)) {
			last = next;
			count++;
		}
		this.link(last, this.#words[HEADER.FREE_PAGE]!);
		this.#words[HEADER.FREE_PAGE] = head;
		this.#words[HEADER.FREE_PAGES]! += count;
	}

	/** Copies `length` bytes from `inPage` of a page on; the chain is long enough. */
	copyOut(page: number, inPage: number, target: Bytes, offset: number, length: number): void {
		this.#runs(page, inPage, length, (start, size, done) => {
			target.set(this.#bytes.subarray(start, start + size), offset + done);
		});
	}

	/** Copies `length` bytes to `inPage` of a page and on; the chain is long enough. */
	copyIn(page: number, inPage: number, source: Bytes, offset: number, length: number): void {
		this.#runs(page, inPage, length, (start, size, done) => {
			this.#bytes.set(source.subarray(offset + done, offset + done + size), start);
		});
	}

	/** Writes zeros in the same way. */
	clear(page: number, inPage: number, length: number): void {
		this.#runs(page, inPage, length, (start, size) => {
			this.#bytes.fill(0, start, start + size);
		});
	}

	/** Walks over a range of a chain in contiguous pieces. */
	#runs(
		firstPage: number,
		firstInPage: number,
		length: number,
		visit: (start: number, size: number, done: number) => void,
	): void {
		let page = firstPage;
		let inPage = firstInPage;
		for (let done = 0; done < length; ) {
			if (page === 0) throw new Error('A shared file is shorter than its size says.');
			const start = this.offset(page) + inPage;
			let size = PAGE_BYTES - inPage;
			let next = this.next(page);
			while (next === page + 1 && done + size < length) {
				page = next;
				next = this.next(page);
				size += PAGE_BYTES;
			}
			size = Math.min(size, length - done);
			visit(start, size, done);
			done += size;
			page = next;
			inPage = 0;
		}
	}
}
