import { FileError } from './file-error.ts';
import { HANDLE, HEADER, type Layout } from './layout.ts';

/** The open files of all threads: they keep a file that has lost its name. Call it with the lock. */
export class Handles {
	readonly #words: Int32Array;
	readonly #start: number;
	/** Where the next search for a free one begins. */
	#next = 1;

	constructor(words: Int32Array, layout: Layout) {
		this.#words = words;
		this.#start = layout.handles - HANDLE.WORDS;
	}

	/** @throws FileError `ENFILE` */
	open(owner: number, inode: number): number {
		const count = this.#words[HEADER.HANDLES]!;
		for (let i = 0; i < count; i++) {
			const handle = this.#next;
			this.#next = handle === count ? 1 : handle + 1;
			const at = this.#start + handle * HANDLE.WORDS;
			if (this.#words[at + HANDLE.OWNER] !== 0) continue;
			this.#words[at + HANDLE.INODE] = inode;
			this.#words[at + HANDLE.OWNER] = owner;
			return handle;
		}
		throw new FileError('ENFILE');
	}

	/** Returns the inode that was open; 0 = the handle is not this owner's. */
	close(handle: number, owner: number): number {
		const at = this.#start + handle * HANDLE.WORDS;
		if (this.#words[at + HANDLE.OWNER] !== owner) return 0;
		this.#words[at + HANDLE.OWNER] = 0;
		// The same few low numbers are reused: the untouched rest of the table costs no memory.
		if (handle < this.#next) this.#next = handle;
		return this.#words[at + HANDLE.INODE]!;
	}

	/** Visits what is open. */
	each(visit: (handle: number, owner: number, inode: number) => void): void {
		for (let handle = 1; handle <= this.#words[HEADER.HANDLES]!; handle++) {
			const at = this.#start + handle * HANDLE.WORDS;
			const owner = this.#words[at + HANDLE.OWNER]!;
			if (owner !== 0) visit(handle, owner, this.#words[at + HANDLE.INODE]!);
		}
	}
}
