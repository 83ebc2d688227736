import { ERRNO, errnoOf } from '../abi/errno.ts';
import type { FileImports } from '../abi/host-imports.ts';
import type { WasmMemory } from '../abi/wasm-memory.ts';
import { type HostStream, hostStream, isFolder, openStream, pathInMemory, type StreamFs } from './file-streams.ts';
import { type HostFiles, NotOnHost } from './host-files.ts';
import { withDots, writeEntries } from './listing.ts';
import { type Call, memoryCalls, sealedCalls } from './memory-calls.ts';
import { MissedPaths } from './missed-paths.ts';
import { AT_FDCWD, Paths } from './paths.ts';
import { readTimes, writeSpace, writeStat } from './stat-buffer.ts';

// Numbers of PHP's libc.
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_REMOVEDIR = 0x200;
const AT_EMPTY_PATH = 0x1000;

/** What files need of the instance; used only while C code runs. */
export type FilesContext = {
	/** The folders of the host; missing = PHP has only what the glue has. */
	files: HostFiles | undefined;
	memory(): WasmMemory;
	fs(): StreamFs;
	malloc(bytes: number): number;
	/** PHP has started: the content of the instance's own memory is final. */
	sealed(): boolean;
	/** Hears of paths that scripts look for in the instance's own memory and do not find; each is told once. */
	missed(path: string): void;
};

/**
 * Gives PHP the host's folders: replaces the imports by which C uses paths. What does not lead to the host is left to the
 * glue, which knows nothing of the host. Returns the functions for C that belong to files.
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
	const inMemory = memoryCalls(glue, masks, context);
	if (files === undefined) {
		Object.assign(env, { __syscall_openat: inMemory.open, __syscall_mkdirat: inMemory.mkdir });
		return imports;
	}

	const paths = new Paths(context);
	const missed = new MissedPaths(context.missed);
	const { openSealed, unlessSealed } = sealedCalls(inMemory, paths, context);
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
				const { path } = error;
				const result = attempt(() => {
					args[at] = paths.written(0, path);
					return (glued as Call)(...args);
				});
				if (result === -ERRNO.ENOENT && context.sealed()) missed.note(path);
				return result;
			}
		};
	};
	const done = (_result: unknown): number => 0;
	const descriptor = (
		fd: number,
		glued: Call | undefined,
		action: (stream: HostStream, args: number[]) => number,
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
	const onDescriptor = (glued: Call | undefined, action: (stream: HostStream, args: number[]) => number): Call => {
		return (...args) => descriptor(args[0] as number, glued, action, args);
	};
	/** A call that changes what an open file is, not what is in it: that it is open for reading does not matter. */
	const onChangeable = (glued: Call | undefined, action: (stream: HostStream, args: number[]) => number): Call =>
		onDescriptor(glued, (stream, args) => {
			if (stream.node.opened !== undefined) files.refuseToChangeOpen(stream.node.opened);
			return action(stream, args);
		});
	const stat = (path: string, follow: boolean, buffer: number): number => {
		const found = files.stat(path, follow);
		if (found === undefined) return -ERRNO.ENOENT;
		writeStat(memory().view, buffer, found);
		return 0;
	};
	/** A call with two names: both on the host, both in memory, or neither. */
	const between = (
		from: string,
		to: string,
		onHost: () => void,
		glued: (from: string, to: string) => number,
	): number => {
		const source = pathInMemory(files, from);
		const target = pathInMemory(files, to);
		if (source === undefined && target === undefined) return done(onHost());
		return source === undefined || target === undefined ? -ERRNO.EXDEV : glued(source, target);
	};

	const statAt = glue.__syscall_newfstatat;
	const chmodOpen = glue.__syscall_fchmod;
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
		__syscall_fchmod: onChangeable(chmodOpen, (_stream, args) => (chmodOpen as Call)(...args)),
		__syscall_fchown32: onChangeable(glue.__syscall_fchown32, ({ nfd }, [, user = -1, group = -1]) =>
			done(files.chownOpen(nfd, user, group)),
		),
		__syscall_mkdirat: withPath(unlessSealed(inMemory.mkdir, 1, true), 1, 0, (path, [, , mode = 0]) =>
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
				return onChangeable(touch, ({ nfd }) => done(files.utimesOpen(nfd, accessed, modified)))(
					folder,
					path,
					times,
					flags,
				);
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
			// Rewinding discards it.
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

/** access(2), without an exception for a file that may well be missing. */
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

/** Refusals of the host and of the glue as negative errno values; anything else is a bug of ours. */
function failure(error: unknown): number {
	// It was on the host a moment ago: somebody has put a link there that leads out.
	if (error instanceof NotOnHost) return -ERRNO.ENOENT;
	const { code, errno, name } = error as { code?: unknown; errno?: number; name?: string };
	if (typeof code === 'string') return -errnoOf(code);
	if (name === 'ErrnoError' && typeof errno === 'number') return -errno;
	throw error;
}
