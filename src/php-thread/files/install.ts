import { toByteString } from '../../bytes/byte-string.ts';
import { ERRNO, errnoOf } from '../errno.ts';
import type { FileImports } from '../host-imports.ts';
import type { WasmMemory } from '../wasm-memory.ts';
import { hostStream, inMemory, isFolder, memoryPaths, openStream, type StreamFs } from './file-streams.ts';
import { type HostFiles, NotOnHost } from './host-files.ts';
import { withDots, writeEntries } from './listing.ts';
import { readTimes, writeStat } from './stat-buffer.ts';

// Numbers of PHP's libc.
const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_REMOVEDIR = 0x200;
const AT_EMPTY_PATH = 0x1000;
const O_ACCMODE = 0o3;
const O_CREAT = 0o100;
const O_TRUNC = 0o1000;

/** What files need of the instance; asked for only while C code runs. */
export type FilesContext = {
	/** The folders of the host; not there = PHP has only what the glue has. */
	files: HostFiles | undefined;
	memory(): WasmMemory;
	fs(): StreamFs;
	malloc(bytes: number): number;
	/** PHP has started: what the instance's own memory holds is what it will hold. */
	sealed(): boolean;
};

type Call = (...args: number[]) => number;

/**
 * Puts the host's folders under PHP: replaces the imports by which C uses paths. What does not lead to the host is left to
 * the glue, which knows nothing of the host. Returns the functions for C that belong to files.
 */
export function installFiles(env: Record<string, unknown>, context: FilesContext): FileImports {
	const { files, memory, fs } = context;
	const masks = files ?? { umask: 0o022, serverUmask: 0o022 };
	const glue = env as Record<string, Call>;
	const imports: FileImports = {
		igor_host_server_umask: () => masks.serverUmask,
		igor_host_umask: (mask) => {
			masks.umask = mask;
		},
		igor_host_link: () => ERRNO.EPERM,
	};
	const { __syscall_openat: openInMemory, __syscall_mkdirat: mkdirInMemory } = glue as Record<string, Call>;
	/** What the glue creates gets no more than the umask leaves. */
	const open: Call = (folder = 0, path = 0, flags = 0, varargs = 0) => {
		if ((flags & O_CREAT) !== 0 && varargs !== 0) {
			const { view } = memory();
			view.setInt32(varargs, view.getInt32(varargs, true) & ~masks.umask, true);
		}
		return (openInMemory as Call)(folder, path, flags, varargs);
	};
	const mkdir: Call = (folder = 0, path = 0, mode = 0) => (mkdirInMemory as Call)(folder, path, mode & ~masks.umask);
	if (files === undefined) {
		Object.assign(env, { __syscall_openat: open, __syscall_mkdirat: mkdir });
		return imports;
	}

	const paths = new Paths(context);
	/**
	 * The instance's own memory is nobody's disk: what PHP would write there, no other thread would see, and it would be
	 * gone with this one. Devices are there to be written.
	 */
	const inMemoryOnly = memoryPaths(fs);
	const refusal = (pointer: number, creates: boolean): number => {
		const path = paths.text(pointer);
		const wanted = creates ? path.replace(/\/[^/]*\/*$/, '') || '/' : path;
		return inMemoryOnly.exists(wanted) ? -ERRNO.EROFS : -ERRNO.ENOENT;
	};
	/** @param at which argument the path is */
	const unlessSealed =
		(call: Call | undefined, at: number, creates = false): Call =>
		(...args) =>
			context.sealed() ? refusal(args[at] as number, creates) : (call as Call)(...args);
	const openSealed: Call = (folder = 0, path = 0, flags = 0, varargs = 0) => {
		if ((flags & (O_ACCMODE | O_CREAT | O_TRUNC)) === 0 || !context.sealed()) return open(folder, path, flags, varargs);
		if (!paths.text(path).startsWith('/dev/')) return refusal(path, (flags & O_CREAT) !== 0);
		return open(folder, path, flags & ~O_CREAT, varargs);
	};
	/**
	 * A system call with a path.
	 * @param glued what the glue does with a path that is not on the host
	 * @param at which argument the path is @param folder which one the descriptor of the folder is that it is relative to
	 */
	const withPath = (
		glued: Call | undefined,
		at: number,
		folder: number | undefined,
		action: (path: string, args: number[]) => number,
	): Call => {
		return (...args) => {
			const pointer = args[at] as number;
			try {
				const path = paths.read(pointer, folder === undefined ? AT_FDCWD : (args[folder] as number));
				return action(path, args);
			} catch (error) {
				if (!(error instanceof NotOnHost)) return failure(error);
				args[at] = paths.written(0, error.path);
				return (glued as Call)(...args);
			}
		};
	};
	const done = (_result: unknown): number => 0;
	const descriptor = (
		fd: number,
		glued: Call | undefined,
		action: (stream: NonNullable<ReturnType<typeof hostStream>>, args: number[]) => number,
		args: number[],
	): number => {
		const stream = hostStream(fs(), fd);
		if (stream === undefined) return (glued as Call)(...args);
		try {
			return action(stream, args);
		} catch (error) {
			return failure(error);
		}
	};
	const onDescriptor = (
		glued: Call | undefined,
		action: (stream: NonNullable<ReturnType<typeof hostStream>>, args: number[]) => number,
	): Call => {
		return (...args) => descriptor(args[0] as number, glued, action, args);
	};
	const stat = (path: string, follow: boolean, buffer: number): number => {
		const found = files.stat(path, follow);
		if (found === undefined) return -ERRNO.ENOENT;
		writeStat(memory().view, buffer, found);
		return 0;
	};
	/** Two names, of which both lie on the host, both in memory, or neither. */
	const between = (
		from: string,
		to: string,
		onHost: () => void,
		glued: (from: string, to: string) => number,
	): number => {
		const sources = inMemory(files, from);
		const target = inMemory(files, to);
		if (sources === undefined && target === undefined) return done(onHost());
		return sources === undefined || target === undefined ? -ERRNO.EXDEV : glued(sources, target);
	};

	const statAt = glue.__syscall_newfstatat;
	const touch = unlessSealed(glue.__syscall_utimensat, 1);
	const rename = unlessSealed(glue.__syscall_renameat, 1);
	const fstat = onDescriptor(glue.__syscall_fstat64, ({ nfd }, [, buffer = 0]) => {
		writeStat(memory().view, buffer, files.statOpen(nfd));
		return 0;
	});
	Object.assign(env, {
		__syscall_openat: withPath(openSealed, 1, 0, (path, [, , flags = 0, varargs = 0]) => {
			const mode = varargs === 0 ? 0 : memory().view.getInt32(varargs, true);
			const file = files.open(path, flags, mode);
			try {
				return openStream(fs(), file, flags);
			} catch (error) {
				files.close(file.fd);
				throw error;
			}
		}),
		__syscall_stat64: withPath(glue.__syscall_stat64, 0, undefined, (path, [, buffer = 0]) => stat(path, true, buffer)),
		__syscall_lstat64: withPath(glue.__syscall_lstat64, 0, undefined, (path, [, buffer = 0]) =>
			stat(path, false, buffer),
		),
		__syscall_newfstatat: (folder: number, path: number, buffer: number, flags: number) => {
			if ((flags & AT_EMPTY_PATH) !== 0 && memory().bytes[path] === 0) return fstat(folder, buffer);
			return withPath(statAt, 1, 0, (name) => stat(name, (flags & AT_SYMLINK_NOFOLLOW) === 0, buffer))(
				folder,
				path,
				buffer,
				flags,
			);
		},
		__syscall_fstat64: fstat,
		__syscall_faccessat: withPath(glue.__syscall_faccessat, 1, 0, (path, [, , mode = 0]) =>
			(mode & ~7) !== 0 ? -ERRNO.EINVAL : access(files, path, mode),
		),
		__syscall_chdir: withPath(glue.__syscall_chdir, 0, undefined, (path) => {
			paths.change(files.folder(path));
			return 0;
		}),
		__syscall_getcwd: (buffer: number, size: number) => {
			const path = paths.cwd();
			if (size === 0) return -ERRNO.EINVAL;
			if (size <= path.length) return -ERRNO.ERANGE;
			paths.write(`${path}\0`, buffer);
			return path.length + 1;
		},
		__syscall_chmod: withPath(unlessSealed(glue.__syscall_chmod, 0), 0, undefined, (path, [, mode = 0]) =>
			done(files.chmod(path, mode)),
		),
		__syscall_fchownat: withPath(
			unlessSealed(glue.__syscall_fchownat, 1),
			1,
			0,
			(path, [, , user = -1, group = -1, flags = 0]) =>
				done(files.chown(path, user, group, (flags & AT_SYMLINK_NOFOLLOW) === 0)),
		),
		__syscall_fchown32: onDescriptor(glue.__syscall_fchown32, ({ nfd }, [, user = -1, group = -1]) =>
			done(files.chownOpen(nfd, user, group)),
		),
		__syscall_mkdirat: withPath(unlessSealed(mkdir, 1, true), 1, 0, (path, [, , mode = 0]) =>
			done(files.mkdir(path, mode)),
		),
		__syscall_rmdir: withPath(unlessSealed(glue.__syscall_rmdir, 0), 0, undefined, (path) => done(files.rmdir(path))),
		__syscall_unlinkat: withPath(unlessSealed(glue.__syscall_unlinkat, 1), 1, 0, (path, [, , flags = 0]) =>
			done((flags & AT_REMOVEDIR) !== 0 ? files.rmdir(path) : files.unlink(path)),
		),
		__syscall_readlinkat: withPath(glue.__syscall_readlinkat, 1, 0, (path, [, , buffer = 0, size = 0]) => {
			if (size <= 0) return -ERRNO.EINVAL;
			return paths.write(files.readlink(path).slice(0, size), buffer);
		}),
		__syscall_symlinkat: withPath(unlessSealed(glue.__syscall_symlinkat, 2, true), 2, 1, (path, [target = 0]) => {
			const text = paths.text(target);
			return text === '' ? -ERRNO.ENOENT : done(files.symlink(text, path));
		}),
		__syscall_renameat: (fromFolder: number, from: number, toFolder: number, to: number) =>
			attempt(() => {
				const source = paths.read(from, fromFolder);
				const target = paths.read(to, toFolder);
				return between(
					source,
					target,
					() => files.rename(source, target),
					(old, wanted) => rename(AT_FDCWD, paths.written(0, old), AT_FDCWD, paths.written(1, wanted)),
				);
			}),
		__syscall_utimensat: (folder: number, path: number, times: number, flags: number) => {
			const [accessed, modified] = readTimes(memory().view, times);
			if (path === 0 || memory().bytes[path] === 0) {
				return descriptor(folder, touch, ({ nfd }) => done(files.utimesOpen(nfd, accessed, modified)), [
					folder,
					path,
					times,
					flags,
				]);
			}
			return withPath(touch, 1, 0, (name) =>
				done(files.utimes(name, accessed, modified, (flags & AT_SYMLINK_NOFOLLOW) === 0)),
			)(folder, path, times, flags);
		},
		__syscall_statfs64: withPath(glue.__syscall_statfs64, 0, undefined, (path, [, , buffer = 0]) => {
			writeSpace(memory().view, buffer, files.space(path));
			return 0;
		}),
		__syscall_getdents64: onDescriptor(glue.__syscall_getdents64, (stream, [, buffer = 0, capacity = 0]) => {
			if (!isFolder(stream) || stream.node.opened === undefined) return -ERRNO.ENOTDIR;
			// Rewinding takes it away.
			stream.getdents ??= withDots(files.list(stream.node.opened));
			const { length, next } = writeEntries(memory().view, buffer, capacity, stream.getdents, stream.position);
			stream.position = next;
			return length;
		}),
	});
	return {
		...imports,
		igor_host_link: (from, to) =>
			-attempt(() => {
				const source = paths.read(from, AT_FDCWD);
				const target = paths.read(to, AT_FDCWD);
				return between(
					source,
					target,
					() => files.link(source, target),
					() => -ERRNO.EPERM,
				);
			}),
	};
}

/** Of access(2), without an exception for what is only asked for because it may not be there. */
function access(files: HostFiles, path: string, mode: number): number {
	if (mode === 0) return files.stat(path, true) === undefined ? -ERRNO.ENOENT : 0;
	files.access(path, mode);
	return 0;
}

function attempt(action: () => number): number {
	try {
		return action();
	} catch (error) {
		return failure(error);
	}
}

/** Refusals of the host and of the glue as negative errno values; anything else is a mistake of ours. */
function failure(error: unknown): number {
	const { code, errno, name } = error as { code?: unknown; errno?: number; name?: string };
	if (typeof code === 'string') return -errnoOf(code);
	if (name === 'ErrnoError' && typeof errno === 'number') return -errno;
	throw error;
}

/** `struct statfs` of PHP's libc. */
function writeSpace(view: DataView, at: number, space: ReturnType<HostFiles['space']>): void {
	view.setUint32(at + 4, space.bsize, true);
	view.setBigInt64(at + 8, BigInt(space.blocks), true);
	view.setBigInt64(at + 16, BigInt(space.bfree), true);
	view.setBigInt64(at + 24, BigInt(space.bavail), true);
	view.setBigInt64(at + 32, BigInt(space.files), true);
	view.setBigInt64(at + 40, BigInt(space.ffree), true);
	view.setUint32(at + 48, 0, true);
	view.setUint32(at + 56, 255, true);
	view.setUint32(at + 60, space.bsize, true);
	view.setUint32(at + 64, 0, true);
}

const LONGEST_PATH = 4096;

/** Paths in the instance's memory, and the folder that relative ones belong to. */
class Paths {
	readonly #context: FilesContext;
	/** Room for two paths that the glue is to have. */
	#room = 0;
	/** As the glue knows the working directory, and as it is: names need not be UTF-8. */
	#cwd = { text: '/', bytes: '/' };

	constructor(context: FilesContext) {
		this.#context = context;
	}

	/** A C string, one code unit for each byte. */
	text(pointer: number): string {
		const { bytes } = this.#context.memory();
		const end = bytes.indexOf(0, pointer);
		if (end - pointer > LONGEST_PATH) throw { code: 'ENAMETOOLONG' };
		return String.fromCharCode.apply(null, bytes.subarray(pointer, end) as unknown as number[]);
	}

	/** The absolute path that a C string means. */
	read(pointer: number, folder: number): string {
		const path = this.text(pointer);
		if (path.startsWith('/')) return path;
		if (path === '') throw { code: 'ENOENT' };
		const fs = this.#context.fs();
		if (folder === AT_FDCWD) return `${this.cwd() === '/' ? '' : this.cwd()}/${path}`;
		const stream = hostStream(fs, folder) as { path?: string } | undefined;
		if (stream?.path === undefined) throw { code: 'EBADF' };
		return `${stream.path}/${path}`;
	}

	/** The working directory. */
	cwd(): string {
		const text = this.#context.fs().cwd();
		if (this.#cwd.text !== text) this.#cwd = { text, bytes: toByteString(text) };
		return this.#cwd.bytes;
	}

	/** Makes a folder the working directory. */
	change(bytes: string): void {
		const text = new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
		this.#cwd = { text, bytes };
		this.#context.fs().currentPath = text;
	}

	/** Writes bytes, without a NUL behind them; returns their number. */
	write(text: string, pointer: number): number {
		const { bytes } = this.#context.memory();
		for (let i = 0; i < text.length; i++) bytes[pointer + i] = text.charCodeAt(i);
		return text.length;
	}

	/** A C string that is valid for this call. @param place 0 or 1 */
	written(place: number, path: string): number {
		const size = 2 * LONGEST_PATH;
		if (path.length >= size) throw { code: 'ENAMETOOLONG' };
		this.#room ||= this.#context.malloc(2 * size);
		const pointer = this.#room + place * size;
		this.#context.memory().bytes[pointer + this.write(path, pointer)] = 0;
		return pointer;
	}
}
