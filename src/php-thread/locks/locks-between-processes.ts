import type { EmscriptenStream } from '../abi/emscripten.ts';
import { END_OF_FILE, type FileRange, type LockableStream, type LockKeeper } from './lock-keeper.ts';
import type { OsLocks } from './os-locks.ts';

/** Longest sleep while waiting for a lock that another process may have, milliseconds. */
const NAP = 20;
/** fcntl(): how a file was opened. */
const ACCESS_MODE = 3;

/** What the range locks of this thread on one file belong to. */
type LockFile = { key: string; descriptor: number; isOwn: boolean; isOpen: boolean };

/**
 * The operating system's locks, for files that are open on a host: other processes respect them, too.
 *
 * flock() locks what PHP has opened. Range locks belong to a process in POSIX, which is what a thread is to PHP; here
 * they belong to an open file, and each thread opens a file once more to lock ranges of it, whatever number of
 * descriptors PHP has. A close gives up the locks when it is of a descriptor that has been locked with; in POSIX any
 * descriptor of the file does, which is how programs lose locks that they still rely on.
 */
export function createLocksBetweenProcesses(os: OsLocks): LockKeeper {
	const files = new Map<string, LockFile>();
	const users = new WeakMap<EmscriptenStream, LockFile>();

	const lockFileOf = (stream: LockableStream): LockFile => {
		const known = users.get(stream);
		if (known?.isOpen === true) return known;
		const native = stream.nfd as number;
		const key = os.identify(native);
		let file = files.get(key);
		if (file === undefined) {
			const again = os.reopen(native, (stream.flags & ACCESS_MODE) !== 0);
			file = { key, descriptor: again ?? native, isOwn: again !== undefined, isOpen: true };
			files.set(key, file);
		}
		users.set(stream, file);
		return file;
	};

	return {
		longestNap: NAP,
		flock: (stream, kind) => os.flock(stream.nfd as number, kind),
		lockRange: (stream, kind, { start, end }) =>
			os.range(lockFileOf(stream).descriptor, kind, start, lengthOf(start, end)),
		conflict: (stream, kind, { start, end }) => {
			const other = os.conflict(lockFileOf(stream).descriptor, { kind, start, length: lengthOf(start, end) });
			if (other === undefined) return undefined;
			const otherEnd = other.length === 0 ? END_OF_FILE : other.start + other.length;
			return { kind: other.kind, start: other.start, end: otherEnd } satisfies FileRange & { kind: unknown };
		},
		closing: (stream) => {
			const file = users.get(stream);
			if (file?.isOpen !== true) return;
			file.isOpen = false;
			files.delete(file.key);
			if (file.isOwn) os.close(file.descriptor);
			else os.range(file.descriptor, undefined, 0, 0);
		},
	};
}

function lengthOf(start: number, end: number): number {
	return end === END_OF_FILE ? 0 : end - start;
}
