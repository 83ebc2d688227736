import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { LockedRange, LockOutcome, OsLocks } from '../../../php-thread/locks/os-locks.ts';
import type { LockKind } from '../../../shared-memory/file-locks.ts';
import { nativeCalls } from '../native-calls.ts';

const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;
const F_OFD_GETLK = 36;
const F_OFD_SETLK = 37;
const F_RDLCK = 0;
const F_WRLCK = 1;
const F_UNLCK = 2;
const EBADF = 9;
const EAGAIN = 11;
const EACCES = 13;
const EINTR = 4;

/**
 * Locks of Linux, by the optional package koffi; undefined = they are not available, and locks hold only among the
 * threads of this process. PHP thread.
 */
export function createOsLocks(): OsLocks | undefined {
	const native = nativeCalls();
	if (native === undefined) return undefined;
	const flock = native.declare('int flock(int fd, int operation)');
	const fcntl = native.declare('int fcntl(int fd, int command, void *lock)');
	// struct flock { short type, whence; off_t start at 8, length at 16; pid_t pid at 24 }; OFD locks require pid 0.
	const lock = new BigInt64Array(4);
	const bytes = new Uint8Array(lock.buffer);
	const type = new Int16Array(lock.buffer);
	const request = (kind: LockKind | undefined, start: number, length: number): void => {
		lock[0] = 0n;
		type[0] = kind === undefined ? F_UNLCK : kind === 'shared' ? F_RDLCK : F_WRLCK;
		lock[1] = BigInt(start);
		lock[2] = BigInt(length);
		lock[3] = 0n;
	};
	const failure = (): LockOutcome => {
		const errno = native.errno();
		if (errno === EAGAIN || errno === EACCES || errno === EINTR) return 'refused';
		return errno === EBADF ? 'EBADF' : 'ENOLCK';
	};
	return {
		identify: (fd) => {
			const { dev, ino } = fstatSync(fd, { bigint: true });
			return `${dev}:${ino}`;
		},
		flock: (fd, kind) => {
			const operation = kind === undefined ? LOCK_UN : (kind === 'shared' ? LOCK_SH : LOCK_EX) | LOCK_NB;
			return flock(fd, operation) === 0 ? 'granted' : failure();
		},
		range: (fd, kind, start, length) => {
			request(kind, start, length);
			return fcntl(fd, F_OFD_SETLK, bytes) === 0 ? 'granted' : failure();
		},
		conflict: (fd, { kind, start, length }): LockedRange | undefined => {
			request(kind, start, length);
			if (fcntl(fd, F_OFD_GETLK, bytes) !== 0 || type[0] === F_UNLCK) return undefined;
			return {
				kind: type[0] === F_RDLCK ? 'shared' : 'exclusive',
				start: Number(lock[1]),
				length: Number(lock[2]),
			};
		},
		reopen: (fd, toWrite) => {
			// Writable whenever possible: a later descriptor of the same file may need it.
			for (const flags of toWrite ? [constants.O_RDWR] : [constants.O_RDWR, constants.O_RDONLY]) {
				try {
					return openSync(`/proc/self/fd/${fd}`, flags);
				} catch {}
			}
			return undefined;
		},
		close: closeSync,
	};
}

let isSaid = false;

/**
 * What file locks cannot do in this process, for its log; undefined = nothing, or it has been said already. Takes the
 * milliseconds that the package koffi needs to load. Main thread.
 */
export function lockShortcoming(): string | undefined {
	if (isSaid || nativeCalls() !== undefined) return undefined;
	isSaid = true;
	const remedy = process.platform === 'linux' ? ' Install the npm package "koffi" beside igor-php.' : '';
	return `Locks of files (flock(), SQLite) hold among the PHP threads of one site only, not between processes.${remedy}`;
}
