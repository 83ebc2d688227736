import type { LockKind } from '../../shared-memory/file-locks.ts';

/** What became of a request for a lock; an errno's name = the system cannot do it. */
export type LockOutcome = 'granted' | 'refused' | 'EBADF' | 'ENOLCK';

/** A range that somebody has locked; `length` 0 = to the end of the file. */
export type LockedRange = { kind: LockKind; start: number; length: number };

/**
 * The operating system's locks: they hold between threads and processes. None of these waits. Both kinds belong to open
 * file descriptions, so each thread of a process has its own. PHP thread.
 */
export type OsLocks = {
	/** Which file it is: the same text for each descriptor of it. */
	identify(fd: number): string;
	/** flock(2); `kind` undefined = unlock. */
	flock(fd: number, kind: LockKind | undefined): LockOutcome;
	/** A lock on a part of the file (F_OFD_SETLK); `length` 0 = to the end, `kind` undefined = unlock. */
	range(fd: number, kind: LockKind | undefined, start: number, length: number): LockOutcome;
	/** A conflicting lock (F_OFD_GETLK). */
	conflict(fd: number, range: LockedRange): LockedRange | undefined;
	/**
	 * Opens the same file again, with a description of its own; undefined = that is impossible.
	 * @param toWrite it has to be writable, as exclusive range locks require
	 */
	reopen(fd: number, toWrite: boolean): number | undefined;
	close(fd: number): void;
};
