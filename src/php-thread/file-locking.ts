import { type FileLocks, type LockRequest, lockOwner } from '../shared-memory/file-locks.ts';
import type { ThreadCell } from '../shared-memory/thread-cell.ts';
import type { UserSpace, UserSpaceContext } from './emscripten.ts';

/** A lock that is not to be had for this long is refused (EDEADLK), milliseconds: most probably nobody can proceed. */
const WAIT_LIMIT = 60_000;
const NAP = 1000;
const WHOLE_FILE = 2 ** 53;

// musl: struct flock { short type, short whence, off_t start at 8, off_t length at 16, pid_t pid at 24 }
const START_AT = 8;
const LENGTH_AT = 16;
const PID_AT = 24;

/**
 * flock() and fcntl() locks between the PHP threads of a server, for files that threads share. Files that only this
 * instance sees need none.
 */
export function createFileLocking(
	context: UserSpaceContext,
	locks: FileLocks,
	cell: ThreadCell,
	thread: number,
	view: () => DataView,
): UserSpace {
	const { constants: c, errnoCodes: errno } = context;
	const { builtin_fcntl64, builtin_fd_close } = context.wasmImports;
	/** Files with locks of this thread, by descriptor: closing it gives them back. */
	const locked = new Map<number, number>();

	const fileOf = (fd: number): number | undefined => {
		const { node } = context.syscalls.getStreamFromFD(fd);
		if (node.isSharedFS !== true) return undefined;
		return node.lockKey ?? hash(context.NODEFS.realPath(node));
	};
	const acquire = (request: LockRequest, wait: boolean): number => {
		for (let waited = 0; ; waited += NAP) {
			const changes = locks.changes;
			const result = locks.tryLock(request);
			if (result === 'locked') return 0;
			if (result === 'full') return -errno.ENOLCK;
			if (!wait) return -errno.EAGAIN;
			if (cell.mustStop) return -errno.EINTR;
			if (waited >= WAIT_LIMIT) return -errno.EDEADLK;
			cell.blocked = true;
			locks.waitForChange(changes, NAP);
			cell.blocked = false;
		}
	};

	return {
		flock: (fd, operation) => {
			const file = fileOf(fd);
			if (file === undefined) return 0;
			const owner = lockOwner(thread, fd);
			if ((operation & c.LOCK_UN) !== 0) {
				locks.unlock(file, owner, 0, WHOLE_FILE);
				return 0;
			}
			locked.set(fd, file);
			const kind = (operation & c.LOCK_EX) !== 0 ? 'exclusive' : 'shared';
			return acquire({ file, owner, kind, start: 0, end: WHOLE_FILE }, (operation & c.LOCK_NB) === 0);
		},
		fcntl64: (fd, command, varargs) => {
			if (command !== c.F_GETLK && command !== c.F_SETLK && command !== c.F_SETLKW) {
				return builtin_fcntl64(fd, command, varargs);
			}
			const found = fileOf(fd);
			const memory = view();
			const pointer = memory.getUint32(varargs, true);
			if (found === undefined) {
				// opcache locks such a file twice per request, and asks whether it is alone before it empties itself.
				if (command === c.F_GETLK) memory.setInt16(pointer, c.F_UNLCK, true);
				return 0;
			}
			// flock() and fcntl() locks do not see each other: on Linux they are separate too.
			const file = -1 - found;
			const owner = lockOwner(thread);
			const type = memory.getInt16(pointer, true);
			const start = Number(memory.getBigInt64(pointer + START_AT, true));
			const length = Number(memory.getBigInt64(pointer + LENGTH_AT, true));
			if (memory.getInt16(pointer + 2, true) !== c.SEEK_SET || length < 0) return -errno.EINVAL;
			const range = { file, owner, start, end: length === 0 ? WHOLE_FILE : start + length };
			const kind = type === c.F_WRLCK ? 'exclusive' : 'shared';
			if (command === c.F_GETLK) {
				const other = locks.conflict({ ...range, kind });
				memory.setInt16(
					pointer,
					other === undefined ? c.F_UNLCK : other.kind === 'exclusive' ? c.F_WRLCK : c.F_RDLCK,
					true,
				);
				if (other !== undefined) {
					memory.setBigInt64(pointer + START_AT, BigInt(other.start), true);
					memory.setBigInt64(pointer + LENGTH_AT, BigInt(other.end === WHOLE_FILE ? 0 : other.end - other.start), true);
					memory.setInt32(pointer + PID_AT, 1, true);
				}
				return 0;
			}
			if (type === c.F_UNLCK) {
				locks.unlock(file, owner, range.start, range.end);
				return 0;
			}
			locked.set(fd, found);
			return acquire({ ...range, kind }, command === c.F_SETLKW);
		},
		fd_close: (fd) => {
			const file = locked.get(fd);
			if (file !== undefined) {
				locked.delete(fd);
				locks.unlock(file, lockOwner(thread, fd), 0, WHOLE_FILE);
				// POSIX: closing any descriptor of a file gives back all fcntl() locks on it.
				locks.unlock(-1 - file, lockOwner(thread), 0, WHOLE_FILE);
			}
			return builtin_fd_close(fd);
		},
		js_release_file_locks: () => undefined,
	};
}

/** A path as a number of 52 bits (two FNV-1a halves), never negative. */
function hash(path: string): number {
	let high = 0x811c9dc5;
	let low = 0x01000193;
	for (let i = 0; i < path.length; i++) {
		const code = path.charCodeAt(i);
		high = Math.imul(high ^ code, 0x01000193);
		low = Math.imul(low ^ code, 0x85ebca6b) + i;
	}
	return (high >>> 12) * 2 ** 32 + (low >>> 0);
}
