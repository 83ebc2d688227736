import { FileError } from './file-error.ts';
import { FileStore } from './file-store.ts';
import { eachFile, findTarget, gone, isGone, makeFolders, type PathTarget, removeTree } from './path-lookup.ts';
import { FILE, FOLDER, KIND } from './tree.ts';
import { tryAgain } from './try-again.ts';

/** Owner of what the host does: no PHP thread has this number. */
const HOST_OWNER = -1;

/** What there is at a path, symbolic links resolved. */
export type SharedFileInfo = {
	readonly kind: 'file' | 'directory';
	/** Absolute, without symbolic links. */
	readonly realPath: string;
	/** Bytes; of a folder 0. */
	readonly size: number;
	/** Milliseconds since 1970. */
	readonly mtime: number;
	/** What `SharedFiles.changes` was when it changed last. */
	readonly change: number;
};

/**
 * The files that all PHP threads share, as the host sees them: by path. Host thread only, one object for one buffer.
 *
 * Every method throws a FileError `EBUSY` when a PHP thread holds the files for more than four seconds; on a page, which
 * cannot sleep, one. For a thread that was terminated they wait until it is over.
 */
export class SharedFiles {
	/** For PHP threads; see `FileStore`. */
	readonly buffer: SharedArrayBuffer;
	readonly #store: FileStore;
	readonly #base: string;

	/**
	 * @param buffer of `createFilesBuffer()`
	 * @param base the folder that relative paths are below
	 */
	constructor(buffer: SharedArrayBuffer, base = '/app') {
		this.buffer = buffer;
		this.#store = new FileStore(buffer, HOST_OWNER, !('document' in globalThis));
		this.#base = base;
	}

	/** Grows with each change of any file, whoever made it. Does not wait for anybody. */
	get changes(): number {
		return this.#store.changes;
	}

	/** Bytes for contents: all, and those that are free. */
	space(): { total: number; free: number } {
		return this.#store.space();
	}

	/**
	 * Replaces the content of a path at once: nobody sees half of it, and whoever reads the old file goes on reading
	 * that. Folders on the way are made. A symbolic link stays, and what it leads to is written.
	 *
	 * @throws FileError `EISDIR`, `ENOTDIR`, `ENOSPC`, `ENAMETOOLONG`, `EINVAL`, `ELOOP`
	 */
	write(path: string, content: string | Uint8Array): void {
		const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
		const absolute = this.#absolute(path);
		about(absolute, () => {
			const target = findTarget(this.#store, absolute, true, true) as PathTarget;
			if (target.name === '') throw new FileError('EISDIR', absolute);
			this.#store.replace(target.folder, target.name, bytes);
		});
	}

	/** A copy of a file's content. `undefined` = there is no such file. */
	read(path: string): Uint8Array<ArrayBuffer> | undefined {
		return this.#at(path, ({ id }) => this.#readFile(id));
	}

	/** Removes a file or link, or a folder with everything in it. Nothing there is fine. @throws FileError `EPERM` for '/' */
	remove(path: string): void {
		removeTree(this.#store, this.#absolute(path));
	}

	/** Makes a folder, and those on the way to it. @throws FileError as `write()` */
	makeFolder(path: string): void {
		const absolute = this.#absolute(path);
		about(absolute, () => makeFolders(this.#store, absolute));
	}

	/** Absolute paths of all files below a folder, sorted. Default: of all files. */
	list(folder = '/'): string[] {
		const target = this.#find(folder);
		if (target === undefined) return [];
		const paths: string[] = [];
		eachFile(this.#store, target, (path, { mode }) => {
			if ((mode & KIND) === FILE || this.look(path)?.kind === 'file') paths.push(path);
		});
		return paths.sort();
	}

	/** What is there; `undefined` = nothing, or a symbolic link that leads nowhere. */
	look(path: string): SharedFileInfo | undefined {
		return this.#at(path, ({ id, path: realPath }) => {
			const { mode, size, mtime, change } = this.#store.stat(id);
			return { kind: (mode & KIND) === FOLDER ? 'directory' : 'file', realPath, size, mtime, change };
		});
	}

	/**
	 * A thread is terminated: it can no longer touch the files, and what it held is released. Call it before the thread is
	 * terminated: it may go on for a while.
	 *
	 * @param owner its number, as its own `FileStore` has it
	 * @param isGone none of its code still runs, for instance after the event 'exit' in Node
	 */
	releaseThread(owner: number, isGone = false): void {
		this.#store.releaseThread(owner, isGone);
	}

	#readFile(id: number): Uint8Array<ArrayBuffer> | undefined {
		try {
			return this.#store.readAll(id);
		} catch (error) {
			if (error instanceof FileError && error.code === 'EISDIR') return undefined;
			throw error;
		}
	}

	/** Does something with what is at a path now: what was replaced since it was found is looked up again. */
	#at<T>(path: string, action: (target: PathTarget) => T): T | undefined {
		const attempt = (): T | undefined => {
			const target = this.#find(path);
			return target && action(target);
		};
		return gone(() => tryAgain(attempt, isGone), undefined);
	}

	#find(path: string): PathTarget | undefined {
		try {
			const target = findTarget(this.#store, this.#absolute(path), true, false);
			return target === undefined || target.id === 0 ? undefined : target;
		} catch (error) {
			if (error instanceof FileError && error.code === 'ELOOP') return undefined;
			throw error;
		}
	}

	#absolute(path: string): string {
		return path.startsWith('/') ? path : `${this.#base}/${path}`;
	}
}

/** Names the path in the error of an action. */
function about(path: string, action: () => unknown): void {
	try {
		action();
	} catch (error) {
		throw error instanceof FileError ? new FileError(error.code, path) : error;
	}
}
