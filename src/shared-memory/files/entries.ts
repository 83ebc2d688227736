import { FileError } from './file-error.ts';
import type { Inodes } from './inodes.ts';
import { ENTRY, HEADER, INODE, type Layout, MAX_NAME, SHORT_NAME } from './layout.ts';
import type { Pages } from './pages.ts';

/**
 * The names in folders: a hash table over all of them, and a list for each folder. An entry counts once its inode is
 * set, which is one store: that is how a name appears, disappears, and changes what it leads to. Call it with the lock.
 */
export class Entries {
	readonly #words: Int32Array;
	readonly #units: Uint16Array;
	readonly #start: number;
	readonly #buckets: number;
	readonly #inodes: Inodes;
	readonly #pages: Pages;

	constructor(words: Int32Array, layout: Layout, inodes: Inodes, pages: Pages) {
		this.#words = words;
		this.#units = new Uint16Array(words.buffer);
		this.#start = layout.entries - ENTRY.WORDS;
		this.#buckets = layout.buckets;
		this.#inodes = inodes;
		this.#pages = pages;
	}

	get(entry: number, field: number): number {
		return this.#words[this.#start + entry * ENTRY.WORDS + field]!;
	}

	set(entry: number, field: number, value: number): void {
		this.#words[this.#start + entry * ENTRY.WORDS + field] = value;
	}

	/** The entry with this name in a folder; 0 = there is none. */
	find(folder: number, name: string): number {
		const hash = hashOf(folder, name);
		let entry = this.#words[this.#bucket(hash)]!;
		while (entry !== 0) {
			const at = this.#start + entry * ENTRY.WORDS;
			if (
				this.#words[at + ENTRY.HASH] === hash &&
				this.#words[at + ENTRY.PARENT] === folder &&
				this.#words[at + ENTRY.INODE] !== 0 &&
				this.#isNamed(entry, name)
			) {
				return entry;
			}
			entry = this.#words[at + ENTRY.NEXT_IN_BUCKET]!;
		}
		return 0;
	}

	/**
	 * Makes an entry that does not count yet: set its inode. The name must not be there.
	 *
	 * @throws FileError `ENOSPC`, `ENAMETOOLONG`, `EINVAL` for a name that no file can have
	 */
	create(folder: number, name: string): number {
		if (name.length > MAX_NAME) throw new FileError('ENAMETOOLONG', name);
		if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) throw new FileError('EINVAL', name);
		const page = name.length > SHORT_NAME ? this.#pages.take(1) : 0;
		let entry = this.#words[HEADER.FREE_ENTRY]!;
		if (entry !== 0) {
			this.#words[HEADER.FREE_ENTRY] = this.get(entry, ENTRY.NEXT_IN_BUCKET);
		} else {
			entry = this.#words[HEADER.FRESH_ENTRY]!;
			if (entry > this.#words[HEADER.ENTRIES]!) {
				this.#pages.giveBack(page);
				throw new FileError('ENOSPC');
			}
			this.#words[HEADER.FRESH_ENTRY] = entry + 1;
		}
		this.set(entry, ENTRY.INODE, 0);
		this.set(entry, ENTRY.PARENT, folder);
		this.set(entry, ENTRY.HASH, hashOf(folder, name));
		this.set(entry, ENTRY.LENGTH, name.length);
		this.set(entry, ENTRY.NAME_PAGE, page);
		const at = this.#nameStart(entry);
		for (let i = 0; i < name.length; i++) this.#units[at + i] = name.charCodeAt(i);
		this.index(entry);
		return entry;
	}

	/** Puts an entry into its bucket and its folder's list. */
	index(entry: number): void {
		const bucket = this.#bucket(this.get(entry, ENTRY.HASH));
		this.set(entry, ENTRY.NEXT_IN_BUCKET, this.#words[bucket]!);
		this.#words[bucket] = entry;
		const folder = this.get(entry, ENTRY.PARENT);
		this.set(entry, ENTRY.NEXT_IN_FOLDER, this.#inodes.get(folder, INODE.FIRST));
		this.#inodes.set(folder, INODE.FIRST, entry);
	}

	/** The name is gone from now on; the caller deals with what it led to. */
	remove(entry: number): void {
		this.set(entry, ENTRY.INODE, 0);
		const bucket = this.#bucket(this.get(entry, ENTRY.HASH));
		const after = this.get(entry, ENTRY.NEXT_IN_BUCKET);
		if (this.#words[bucket] === entry) this.#words[bucket] = after;
		else this.set(this.#before(this.#words[bucket]!, entry, ENTRY.NEXT_IN_BUCKET), ENTRY.NEXT_IN_BUCKET, after);
		const folder = this.get(entry, ENTRY.PARENT);
		const first = this.#inodes.get(folder, INODE.FIRST);
		const next = this.get(entry, ENTRY.NEXT_IN_FOLDER);
		if (first === entry) this.#inodes.set(folder, INODE.FIRST, next);
		else this.set(this.#before(first, entry, ENTRY.NEXT_IN_FOLDER), ENTRY.NEXT_IN_FOLDER, next);
		this.#pages.giveBack(this.get(entry, ENTRY.NAME_PAGE));
		this.release(entry);
	}

	/** Puts an entry that is in no list into the list of free ones. */
	release(entry: number): void {
		this.set(entry, ENTRY.INODE, 0);
		this.set(entry, ENTRY.NAME_PAGE, 0);
		this.set(entry, ENTRY.NEXT_IN_BUCKET, this.#words[HEADER.FREE_ENTRY]!);
		this.#words[HEADER.FREE_ENTRY] = entry;
	}

	name(entry: number): string {
		const at = this.#nameStart(entry);
		return String.fromCharCode(...this.#units.subarray(at, at + this.get(entry, ENTRY.LENGTH)));
	}

	/** The names in a folder, the latest first. */
	names(folder: number): string[] {
		const names: string[] = [];
		let entry = this.#inodes.get(folder, INODE.FIRST);
		while (entry !== 0) {
			if (this.get(entry, ENTRY.INODE) !== 0) names.push(this.name(entry));
			entry = this.get(entry, ENTRY.NEXT_IN_FOLDER);
		}
		return names;
	}

	isEmpty(folder: number): boolean {
		return this.#inodes.get(folder, INODE.FIRST) === 0;
	}

	#bucket(hash: number): number {
		return this.#buckets + (hash & (this.#words[HEADER.BUCKETS]! - 1));
	}

	#before(first: number, entry: number, link: number): number {
		let before = first;
		while (this.get(before, link) !== entry) before = this.get(before, link);
		return before;
	}

	#isNamed(entry: number, name: string): boolean {
		if (this.get(entry, ENTRY.LENGTH) !== name.length) return false;
		const at = this.#nameStart(entry);
		for (let i = 0; i < name.length; i++) if (this.#units[at + i] !== name.charCodeAt(i)) return false;
		return true;
	}

	/** Where the name lies, in code units. */
	#nameStart(entry: number): number {
		const page = this.get(entry, ENTRY.NAME_PAGE);
		return page === 0 ? (this.#start + entry * ENTRY.WORDS + ENTRY.NAME) * 2 : this.#pages.offset(page) / 2;
	}
}

/** FNV-1a over a folder and a name. */
function hashOf(folder: number, name: string): number {
	let hash = Math.imul(0x811c9dc5 ^ folder, 0x01000193);
	for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
	return hash ^ (hash >>> 15);
}
