import type { Contents } from './contents.ts';
import type { Entries } from './entries.ts';
import { FileError } from './file-error.ts';
import type { Handles } from './handles.ts';
import type { Inodes } from './inodes.ts';
import { ENTRY, HEADER, INODE, ROOT_INODE } from './layout.ts';

/** The part of a mode that is the kind. */
export const KIND = 0o170000;
export const FOLDER = 0o040000;
export const FILE = 0o100000;
export const LINK = 0o120000;

/** Folders, names and who has what open, by the numbers of inodes. Call it with the lock. */
export class Tree {
	readonly #words: Int32Array;
	readonly #inodes: Inodes;
	readonly #entries: Entries;
	readonly #contents: Contents;
	readonly #handles: Handles;

	constructor(words: Int32Array, inodes: Inodes, entries: Entries, contents: Contents, handles: Handles) {
		this.#words = words;
		this.#inodes = inodes;
		this.#entries = entries;
		this.#contents = contents;
		this.#handles = handles;
	}

	kind(inode: number): number {
		return this.#inodes.get(inode, INODE.MODE) & KIND;
	}

	/** The inode of a folder. @throws FileError `ENOENT`, `ENOTDIR` */
	folder(id: number): number {
		const inode = this.#inodes.find(id);
		if (this.kind(inode) !== FOLDER) throw new FileError('ENOTDIR');
		return inode;
	}

	/** The inode of a regular file. @throws FileError `ENOENT`, `EISDIR`, `EINVAL` */
	file(id: number): number {
		const inode = this.#inodes.find(id);
		const kind = this.kind(inode);
		if (kind !== FILE) throw new FileError(kind === FOLDER ? 'EISDIR' : 'EINVAL');
		return inode;
	}

	/** What a name leads to; 0 = nothing. */
	find(folder: number, name: string): number {
		const entry = this.#entries.find(folder, name);
		return entry === 0 ? 0 : this.#entries.get(entry, ENTRY.INODE);
	}

	/** @throws FileError `EEXIST`, `ENOENT` (the folder has been removed), `ENOSPC`, `ENAMETOOLONG`, `EINVAL` */
	add(folder: number, name: string, mode: number, content: Uint8Array | undefined): number {
		if (this.#entries.find(folder, name) !== 0) throw new FileError('EEXIST', name);
		this.#mustHaveName(folder);
		const inode = this.#make(mode, content);
		try {
			const entry = this.#entries.create(folder, name);
			if ((mode & KIND) === FOLDER) this.#inodes.set(inode, INODE.PARENT, folder);
			this.#inodes.set(inode, INODE.LINKS, 1);
			this.#entries.set(entry, ENTRY.INODE, inode);
		} catch (error) {
			this.#removeIfUnused(inode);
			throw error;
		}
		this.touch(folder);
		return inode;
	}

	/** Gives a name a new file in one step. @throws FileError `EISDIR`, and as `add()` */
	replace(folder: number, name: string, content: Uint8Array): number {
		const entry = this.#entries.find(folder, name);
		if (entry === 0) return this.add(folder, name, FILE | 0o644, content);
		const old = this.#entries.get(entry, ENTRY.INODE);
		if (this.kind(old) === FOLDER) throw new FileError('EISDIR', name);
		const inode = this.#make(this.kind(old) === FILE ? this.#inodes.get(old, INODE.MODE) : FILE | 0o644, content);
		this.#inodes.set(inode, INODE.LINKS, 1);
		this.#entries.set(entry, ENTRY.INODE, inode);
		this.touch(folder);
		this.#unlinked(old);
		return inode;
	}

	/** @throws FileError `ENOENT`, `EISDIR` */
	unlink(folder: number, name: string): void {
		const entry = this.#found(folder, name);
		if (this.kind(this.#entries.get(entry, ENTRY.INODE)) === FOLDER) throw new FileError('EISDIR', name);
		this.#remove(folder, entry);
	}

	/** @throws FileError `ENOENT`, `ENOTDIR`, `ENOTEMPTY` */
	rmdir(folder: number, name: string): void {
		const entry = this.#found(folder, name);
		const inode = this.#entries.get(entry, ENTRY.INODE);
		if (this.kind(inode) !== FOLDER) throw new FileError('ENOTDIR', name);
		if (!this.#entries.isEmpty(inode)) throw new FileError('ENOTEMPTY', name);
		this.#remove(folder, entry);
	}

	/** @throws FileError `ENOENT`, `ENOTDIR`, `EISDIR`, `ENOTEMPTY`, `EINVAL` (a folder into itself), and as `add()` */
	rename(fromFolder: number, fromName: string, toFolder: number, toName: string): void {
		const from = this.#found(fromFolder, fromName);
		const inode = this.#entries.get(from, ENTRY.INODE);
		const existing = this.#entries.find(toFolder, toName);
		const replaced = existing === 0 ? 0 : this.#entries.get(existing, ENTRY.INODE);
		if (replaced === inode) return;
		this.#mustHaveName(toFolder);
		const isFolder = this.kind(inode) === FOLDER;
		if (isFolder && this.#isWithin(toFolder, inode)) throw new FileError('EINVAL', toName);
		if (replaced !== 0) this.#mayReplace(replaced, isFolder, toName);
		const to = existing === 0 ? this.#entries.create(toFolder, toName) : existing;
		this.#words[HEADER.RENAME_TO] = to;
		this.#words[HEADER.RENAME_FROM] = from;
		this.#entries.set(to, ENTRY.INODE, inode);
		this.#entries.remove(from);
		this.#words[HEADER.RENAME_FROM] = 0;
		if (isFolder) this.#inodes.set(inode, INODE.PARENT, toFolder);
		this.changed(inode);
		this.touch(fromFolder);
		this.touch(toFolder);
		if (replaced !== 0) this.#unlinked(replaced);
	}

	/** @throws FileError `ENFILE` */
	open(inode: number, owner: number): number {
		const handle = this.#handles.open(owner, inode);
		this.#inodes.set(inode, INODE.OPENS, this.#inodes.get(inode, INODE.OPENS) + 1);
		return handle;
	}

	close(handle: number, owner: number): void {
		const inode = this.#handles.close(handle, owner);
		if (inode === 0) return;
		this.#inodes.set(inode, INODE.OPENS, this.#inodes.get(inode, INODE.OPENS) - 1);
		this.#removeIfUnused(inode);
	}

	/** The content has changed. */
	touch(inode: number): void {
		this.#inodes.setTime(inode, INODE.MTIME, Date.now());
		this.changed(inode);
	}

	/** Something about it has changed. */
	changed(inode: number): void {
		this.#inodes.setTime(inode, INODE.CTIME, Date.now());
		this.#inodes.set(inode, INODE.CHANGE, Atomics.add(this.#words, HEADER.CHANGES, 1) + 1);
	}

	#make(mode: number, content: Uint8Array | undefined): number {
		const inode = this.#inodes.create(mode, Date.now());
		try {
			if (content !== undefined) this.#contents.write(inode, content, 0, content.length, 0);
			this.changed(inode);
			return inode;
		} catch (error) {
			this.#removeIfUnused(inode);
			throw error;
		}
	}

	#found(folder: number, name: string): number {
		const entry = this.#entries.find(folder, name);
		if (entry === 0) throw new FileError('ENOENT', name);
		return entry;
	}

	/** A removed folder that is still somebody's current folder takes no new files. */
	#mustHaveName(folder: number): void {
		if (this.#inodes.get(folder, INODE.LINKS) === 0) throw new FileError('ENOENT');
	}

	#mayReplace(replaced: number, byFolder: boolean, name: string): void {
		const isFolder = this.kind(replaced) === FOLDER;
		if (byFolder && !isFolder) throw new FileError('ENOTDIR', name);
		if (!byFolder && isFolder) throw new FileError('EISDIR', name);
		if (isFolder && !this.#entries.isEmpty(replaced)) throw new FileError('ENOTEMPTY', name);
	}

	#isWithin(folder: number, outer: number): boolean {
		for (let at = folder; ; at = this.#inodes.get(at, INODE.PARENT)) {
			if (at === outer) return true;
			if (at === ROOT_INODE) return false;
		}
	}

	#remove(folder: number, entry: number): void {
		const inode = this.#entries.get(entry, ENTRY.INODE);
		this.#entries.remove(entry);
		this.touch(folder);
		this.#unlinked(inode);
	}

	#unlinked(inode: number): void {
		this.#inodes.set(inode, INODE.LINKS, 0);
		this.#removeIfUnused(inode);
	}

	#removeIfUnused(inode: number): void {
		if (this.#inodes.get(inode, INODE.LINKS) !== 0 || this.#inodes.get(inode, INODE.OPENS) !== 0) return;
		this.#inodes.remove(inode);
		this.#contents.discard(inode);
	}
}
