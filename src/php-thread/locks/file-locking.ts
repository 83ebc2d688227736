import type { FileLocks } from '../../shared-memory/file-locks.ts';
import type { ThreadCell } from '../../shared-memory/thread-cell.ts';
import type { UserSpace, UserSpaceContext } from '../abi/emscripten.ts';
import { ERRNO } from '../abi/errno.ts';
import type { WasmMemory } from '../abi/wasm-memory.ts';
import { END_OF_FILE, type LockableStream, type LockKeeper } from './lock-keeper.ts';
import { LockWait, type WaitOutcome } from './lock-wait.ts';
import { createLocksBetweenProcesses } from './locks-between-processes.ts';
import { createLocksBetweenThreads, hashOf } from './locks-between-threads.ts';
import type { OsLocks } from './os-locks.ts';
import { SharedIndexes } from './shared-indexes.ts';

// musl: struct flock { short type, short whence, off_t start at 8, off_t length at 16, pid_t pid at 24 }
const START_AT = 8;
const LENGTH_AT = 16;
const PID_AT = 24;

/** What locking needs of its thread. */
export type FileLockingOptions = {
	locks: FileLocks;
	cell: ThreadCell;
	/** This thread's number. */
	thread: number;
	memory(): WasmMemory;
	/** Frees memory that a file was mapped to. */
	unmap(pointer: number, length: number): void;
	/** The operating system's locks, if available. Called at the first lock: it takes milliseconds. */
	osLocks?: (() => OsLocks | undefined) | undefined;
};

/** System calls for locks, and for what SQLite shares under them. */
export type FileLocking = UserSpace & {
	/** Memory at `pointer` shows a part of the file. */
	mapped(fd: number, pointer: number, length: number, position: number, flags: number): void;
	/** Memory is about to be freed. True = nothing else has to be done. */
	unmapped(pointer: number): boolean;
	/** The size of an open file, as C code is to see it. */
	shownSize(fd: number, size: number): number;
	/** C code has slept. */
	slept(): void;
};

/**
 * flock() and fcntl() locks, for files that others can see: they hold between the PHP threads of a server, and between
 * processes where the host has such locks. Files that only this instance sees need none.
 */
export function createFileLocking(context: UserSpaceContext, options: FileLockingOptions): FileLocking {
	const { constants: c } = context;
	const { builtin_fcntl64, builtin_fd_close } = context.wasmImports;
	const { locks, cell, thread, memory } = options;
	const wait = new LockWait(locks, cell);
	const indexes = new SharedIndexes(() => memory().bytes, options.unmap);
	const numberOf = ({ node, path = '' }: LockableStream): number => node.lockKey ?? hashOf(path);
	const table = createLocksBetweenThreads(locks, thread, numberOf);
	/** Files that have been locked. */
	const locked = new WeakSet<LockableStream>();
	let host: LockKeeper | undefined;
	let isHostKnown = false;

	const keeperOf = (stream: LockableStream): LockKeeper => {
		if (stream.nfd === undefined) return table;
		if (!isHostKnown) {
			isHostKnown = true;
			const os = options.osLocks?.();
			host = os && createLocksBetweenProcesses(os);
		}
		return host ?? table;
	};
	const streamOf = (fd: number): LockableStream | undefined => (context.FS.streams[fd] as LockableStream) ?? undefined;

	return {
		flock: (fd, operation) => {
			const stream = streamOf(fd);
			if (stream === undefined) return -ERRNO.EBADF;
			if (stream.node.isSharedFS !== true) return 0;
			const keeper = keeperOf(stream);
			locked.add(stream);
			if ((operation & c.LOCK_UN) !== 0) {
				const outcome = keeper.flock(stream, undefined);
				locks.wake(numberOf(stream));
				return resultOf(outcome);
			}
			const kind = (operation & c.LOCK_EX) !== 0 ? 'exclusive' : 'shared';
			const attempt = () => keeper.flock(stream, kind);
			if ((operation & c.LOCK_NB) !== 0) return resultOf(attempt());
			return resultOf(wait.until(attempt, numberOf(stream), keeper.longestNap));
		},
		fcntl64: (fd, command, varargs) => {
			if (command !== c.F_GETLK && command !== c.F_SETLK && command !== c.F_SETLKW) {
				return builtin_fcntl64(fd, command, varargs);
			}
			const stream = streamOf(fd);
			if (stream === undefined) return -ERRNO.EBADF;
			const { view } = memory();
			const pointer = view.getUint32(varargs, true);
			if (stream.node.isSharedFS !== true) {
				// opcache locks such a file twice per request, and asks whether it is alone before it empties itself.
				if (command === c.F_GETLK) view.setInt16(pointer, c.F_UNLCK, true);
				return 0;
			}
			const type = view.getInt16(pointer, true);
			const start = Number(view.getBigInt64(pointer + START_AT, true));
			const length = Number(view.getBigInt64(pointer + LENGTH_AT, true));
			if (view.getInt16(pointer + 2, true) !== c.SEEK_SET || start < 0 || length < 0) return -ERRNO.EINVAL;
			const range = { start, end: length === 0 ? END_OF_FILE : start + length };
			const kind = type === c.F_UNLCK ? undefined : type === c.F_WRLCK ? 'exclusive' : 'shared';
			const keeper = keeperOf(stream);
			if (command === c.F_GETLK) {
				const other = keeper.conflict(stream, kind ?? 'shared', range);
				if (other === undefined) {
					view.setInt16(pointer, c.F_UNLCK, true);
					return 0;
				}
				view.setInt16(pointer, other.kind === 'exclusive' ? c.F_WRLCK : c.F_RDLCK, true);
				view.setBigInt64(pointer + START_AT, BigInt(other.start), true);
				view.setBigInt64(pointer + LENGTH_AT, BigInt(other.end === END_OF_FILE ? 0 : other.end - other.start), true);
				view.setInt32(pointer + PID_AT, 1, true);
				return 0;
			}
			locked.add(stream);
			const attempt = () => keeper.lockRange(stream, kind, range);
			const call = () => {
				if (command === c.F_SETLK || kind === undefined) return resultOf(attempt());
				return resultOf(wait.until(attempt, numberOf(stream), keeper.longestNap));
			};
			return indexes.around(stream, kind, range, call, () => keeper.lockRange(stream, undefined, range));
		},
		fd_close: (fd) => {
			const stream = streamOf(fd);
			// PHP closes one that is not open in each request, and the glue would throw. WASI's errors are positive.
			if (stream === undefined) return ERRNO.EBADF;
			if (!locked.has(stream)) return builtin_fd_close(fd);
			indexes.closing(stream);
			keeperOf(stream).closing(stream);
			const result = builtin_fd_close(fd);
			locks.wake(numberOf(stream));
			return result;
		},
		js_release_file_locks: () => undefined,
		mapped: (fd, ...mapping) => {
			const stream = streamOf(fd);
			if (stream?.node.isSharedFS === true) indexes.mapped(stream, ...mapping);
		},
		unmapped: (pointer) => indexes.unmapped(pointer),
		shownSize: (fd, size) => {
			const stream = streamOf(fd);
			return stream === undefined ? size : SharedIndexes.shownSize(stream, size);
		},
		slept: () => indexes.slept(),
	};
}

/** The result of a system call. */
function resultOf(outcome: WaitOutcome): number {
	switch (outcome) {
		case 'granted':
			return 0;
		case 'refused':
			return -ERRNO.EAGAIN;
		default:
			return -ERRNO[outcome];
	}
}
