import type { Contents } from './contents.ts';
import { FileError } from './file-error.ts';
import type { FileStat, Found } from './file-stat.ts';
import type { Inodes } from './inodes.ts';
import { HEADER, INODE, PAGE_BYTES, ROOT_INODE } from './layout.ts';
import type { Bytes } from './pages.ts';
import { repair } from './repair.ts';
import { StoreMutex } from './store-mutex.ts';
import { openTables, type Tables } from './tables.ts';
import { FILE, FOLDER, KIND, LINK, type Tree } from './tree.ts';

const PERMISSIONS = 0o7777;
/** When the host tries again while a thread is in the middle of a change, milliseconds. */
const RETRY = 5;
/** Longer than a terminated thread may go on, milliseconds. */
const DYING = 3000;

/**
 * Shared files, as one thread sees them. A file is known by its id, see `FileStat.id`; an id whose file is gone is
 * refused with `ENOENT`. Every method may throw a FileError `EBUSY` when another thread holds the files for too long,
 * and `EIO` once the host has ended this thread.
 */
export class FileStore {
	/** The id of the root folder. */
	readonly root: number;
	readonly #owner: number;
	readonly #lock: StoreMutex;
	readonly #tables: Tables;
	readonly #inodes: Inodes;
	readonly #contents: Contents;
	readonly #tree: Tree;
	/** Threads that were terminated, and when their last code has run, milliseconds. Host only. */
	readonly #dying = new Map<number, number>();

	/**
	 * @param buffer of `createFilesBuffer()`
	 * @param owner this thread's number, from 1, and no other thread's ever; see `releaseThread()`. Of the host: negative
	 * @param maySleep false on a page: there, a wait for another thread spins
	 */
	constructor(buffer: SharedArrayBuffer, owner: number, maySleep: boolean) {
		const tables = openTables(buffer);
		this.#owner = owner;
		this.#tables = tables;
		this.#inodes = tables.inodes;
		this.#contents = tables.contents;
		this.#tree = tables.tree;
		const deathOf = (other: number) => this.#dying.get(other);
		this.#lock = new StoreMutex(tables.words, tables.layout, owner, maySleep, () => repair(tables), deathOf);
		this.root = this.#inodes.id(ROOT_INODE);
	}

	/** Grows with each change, whoever makes it. Does not wait for anybody. */
	get changes(): number {
		return Atomics.load(this.#tables.words, HEADER.CHANGES) >>> 0;
	}

	/** Bytes for contents: all, and those that are free. */
	space(): { total: number; free: number } {
		return this.#lock.run(() => ({
			total: this.#tables.words[HEADER.PAGES]! * PAGE_BYTES,
			free: this.#tables.pages.free * PAGE_BYTES,
		}));
	}

	/** What has this name in a folder; `undefined` = nothing has. @throws FileError `ENOENT`, `ENOTDIR` of the folder */
	find(folder: number, name: string): Found | undefined {
		return this.#lock.run(() => {
			const inode = this.#tree.find(this.#tree.folder(folder), name);
			return inode === 0 ? undefined : { id: this.#inodes.id(inode), mode: this.#inodes.get(inode, INODE.MODE) };
		});
	}

	/** The id of what has this name; 0 = nothing has. @throws FileError as `find()` */
	lookup(folder: number, name: string): number {
		return this.find(folder, name)?.id ?? 0;
	}

	stat(id: number): FileStat {
		return this.#lock.run(() => {
			const inode = this.#inodes.find(id);
			return {
				id,
				mode: this.#inodes.get(inode, INODE.MODE),
				size: this.#inodes.get(inode, INODE.SIZE),
				mtime: this.#inodes.time(inode, INODE.MTIME),
				ctime: this.#inodes.time(inode, INODE.CTIME),
				atime: this.#inodes.time(inode, INODE.ATIME),
				change: this.#inodes.get(inode, INODE.CHANGE) >>> 0,
			};
		});
	}

	/** Kind and permissions, as in stat(2). */
	mode(id: number): number {
		return this.#lock.run(() => this.#inodes.get(this.#inodes.find(id), INODE.MODE));
	}

	/** The names in a folder, in no order. @throws FileError `ENOTDIR` */
	names(folder: number): string[] {
		return this.#lock.run(() => this.#tables.entries.names(this.#tree.folder(folder)));
	}

	/**
	 * Makes an empty file or folder, as the kind in the mode says. Returns its id.
	 *
	 * @throws FileError `EEXIST`, `ENOENT`, `ENOTDIR`, `ENOSPC`, `ENAMETOOLONG`, `EINVAL`
	 */
	create(folder: number, name: string, mode: number): number {
		const kind = mode & KIND;
		if (kind !== FILE && kind !== FOLDER) throw new FileError('EINVAL', name);
		return this.#lock.run(() =>
			this.#inodes.id(this.#tree.add(this.#tree.folder(folder), name, kind | (mode & PERMISSIONS), undefined)),
		);
	}

	/** Makes a symbolic link. Returns its id. @throws FileError as `create()` */
	symlink(folder: number, name: string, target: string): number {
		const content = new TextEncoder().encode(target);
		return this.#lock.run(() =>
			this.#inodes.id(this.#tree.add(this.#tree.folder(folder), name, LINK | 0o777, content)),
		);
	}

	/** @throws FileError `EINVAL` when it is no symbolic link */
	readlink(id: number): string {
		const content = this.#lock.run(() => {
			const inode = this.#inodes.find(id);
			if (this.#tree.kind(inode) !== LINK) throw new FileError('EINVAL');
			return this.#contents.readAll(inode);
		});
		return new TextDecoder().decode(content);
	}

	/**
	 * Gives a name a file with this content: others see either the whole old file or the whole new one. Whoever has the
	 * old one open keeps it. Returns the new id.
	 *
	 * @throws FileError `EISDIR`, and as `create()`
	 */
	replace(folder: number, name: string, content: Uint8Array): number {
		return this.#lock.run(() => this.#inodes.id(this.#tree.replace(this.#tree.folder(folder), name, content)));
	}

	/** Takes away a name that is not a folder's. @throws FileError `ENOTDIR`, `EISDIR` */
	unlink(folder: number, name: string): void {
		this.#lock.run(() => this.#tree.unlink(this.#tree.folder(folder), name));
	}

	/** Takes away an empty folder. @throws FileError `ENOTDIR`, `ENOTEMPTY` */
	rmdir(folder: number, name: string): void {
		this.#lock.run(() => this.#tree.rmdir(this.#tree.folder(folder), name));
	}

	/**
	 * Gives a file or folder another name. What had that name is replaced, in one step.
	 *
	 * @throws FileError `ENOTDIR`, `EISDIR`, `ENOTEMPTY`, `EINVAL` (a folder into itself), and as `create()`
	 */
	rename(fromFolder: number, fromName: string, toFolder: number, toName: string): void {
		this.#lock.run(() =>
			this.#tree.rename(this.#tree.folder(fromFolder), fromName, this.#tree.folder(toFolder), toName),
		);
	}

	/** Keeps a file readable after it has lost its name. Returns a handle for `close()`. @throws FileError `ENFILE` */
	open(id: number): number {
		return this.#lock.run(() => this.#tree.open(this.#inodes.find(id), this.#owner));
	}

	/** Gives a handle of this thread back. */
	close(handle: number): void {
		this.#lock.run(() => this.#tree.close(handle, this.#owner));
	}

	/** Copies bytes of a file into `target`. Returns how many; 0 = the position is at its end or behind. */
	read(id: number, target: Bytes, offset: number, length: number, position: number): number {
		return this.#lock.run(() => this.#contents.read(this.#tree.file(id), target, offset, length, position));
	}

	/** All of a file, in memory that is not shared. @throws FileError `EISDIR` */
	readAll(id: number): Uint8Array<ArrayBuffer> {
		return this.#lock.run(() => this.#contents.readAll(this.#tree.file(id)));
	}

	/** Writes all of the bytes at a position; a gap before it reads as zeros. @throws FileError `ENOSPC`, `EFBIG`, `EISDIR` */
	write(id: number, source: Bytes, offset: number, length: number, position: number): void {
		this.#lock.run(() => {
			const inode = this.#tree.file(id);
			if (length === 0) return;
			this.#contents.write(inode, source, offset, length, position);
			this.#tree.touch(inode);
		});
	}

	/** Writes at the end, wherever that is by now. Returns where the bytes begin. @throws FileError as `write()` */
	append(id: number, source: Bytes, offset: number, length: number): number {
		return this.#lock.run(() => {
			const inode = this.#tree.file(id);
			const position = this.#inodes.get(inode, INODE.SIZE);
			if (length === 0) return position;
			this.#contents.write(inode, source, offset, length, position);
			this.#tree.touch(inode);
			return position;
		});
	}

	/** Cuts a file, or makes it longer with zeros. @throws FileError as `write()` */
	truncate(id: number, size: number): void {
		this.#lock.run(() => {
			const inode = this.#tree.file(id);
			this.#contents.resize(inode, size);
			this.#tree.touch(inode);
		});
	}

	/** Sets the permissions; the kind stays. */
	setPermissions(id: number, mode: number): void {
		this.#lock.run(() => {
			const inode = this.#inodes.find(id);
			this.#inodes.set(inode, INODE.MODE, this.#tree.kind(inode) | (mode & PERMISSIONS));
			this.#tree.changed(inode);
		});
	}

	/** Sets times, milliseconds since 1970; `undefined` leaves one as it is. */
	setTimes(id: number, atime: number | undefined, mtime: number | undefined): void {
		this.#lock.run(() => {
			const inode = this.#inodes.find(id);
			if (atime !== undefined) this.#inodes.setTime(inode, INODE.ATIME, atime);
			if (mtime !== undefined) this.#inodes.setTime(inode, INODE.MTIME, mtime);
			this.#tree.changed(inode);
		});
	}

	/**
	 * A thread is terminated: it can no longer touch the files, and what it held is released; by a timer, if somebody is in
	 * the middle of a change now. Host only.
	 *
	 * @param isGone none of its code still runs. If false, it may go on for a while: a browser gives a web worker two
	 *   seconds. If it dies in the middle of a change, the others wait that long.
	 */
	releaseThread(owner: number, isGone = false): void {
		this.#lock.shutOut(owner);
		this.#dying.set(owner, performance.now() + (isGone ? 0 : DYING));
		this.#release(owner);
	}

	#release(owner: number): void {
		if (performance.now() >= (this.#dying.get(owner) ?? 0)) this.#lock.breakFor(owner);
		const released = this.#lock.tryRun(() =>
			this.#tables.handles.each((handle, holder) => {
				if (holder === owner) this.#tree.close(handle, owner);
			}),
		);
		if (released) this.#dying.delete(owner);
		else setTimeout(() => this.#release(owner), RETRY);
	}
}
