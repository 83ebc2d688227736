import { type FileLocks, lockOwner } from '../../shared-memory/file-locks.ts';
import { END_OF_FILE, type LockableStream, type LockKeeper } from './lock-keeper.ts';

/** Longest sleep while waiting for a lock of the table, milliseconds: the table wakes its waiters by itself. */
const NAP = 100;

/**
 * Locks in the table of this process, which all of its PHP threads share and no other process knows. For files that no
 * host has (the shared folder of a browser), and where the operating system's locks are not available.
 *
 * @param numberOf the number of a file, the same in all threads and never negative
 */
export function createLocksBetweenThreads(
	locks: FileLocks,
	thread: number,
	numberOf: (stream: LockableStream) => number,
): LockKeeper {
	/** Files with locks of this thread, by descriptor. */
	const locked = new Map<number, number>();
	/** On Linux, flock() and fcntl() locks do not see each other; nor do they here. */
	const rangesOf = (file: number): number => -1 - file;
	return {
		longestNap: NAP,
		flock: (stream, kind) => {
			const file = numberOf(stream);
			const whole = { file, owner: lockOwner(thread, stream.fd), start: 0, end: END_OF_FILE };
			if (kind === undefined) {
				locks.unlock(file, whole.owner, whole.start, whole.end);
				return 'granted';
			}
			locked.set(stream.fd, file);
			return outcomeOf(locks.tryLock({ ...whole, kind }));
		},
		lockRange: (stream, kind, range) => {
			const file = numberOf(stream);
			const owner = lockOwner(thread);
			if (kind === undefined) {
				locks.unlock(rangesOf(file), owner, range.start, range.end);
				return 'granted';
			}
			locked.set(stream.fd, file);
			return outcomeOf(locks.tryLock({ file: rangesOf(file), owner, kind, ...range }));
		},
		conflict: (stream, kind, range) =>
			locks.conflict({ file: rangesOf(numberOf(stream)), owner: lockOwner(thread), kind, ...range }),
		closing: ({ fd }) => {
			const file = locked.get(fd);
			if (file === undefined) return;
			locked.delete(fd);
			locks.unlock(file, lockOwner(thread, fd), 0, END_OF_FILE);
			locks.unlock(rangesOf(file), lockOwner(thread), 0, END_OF_FILE);
		},
	};
}

function outcomeOf(result: ReturnType<FileLocks['tryLock']>): 'granted' | 'refused' | 'ENOLCK' {
	switch (result) {
		case 'locked':
			return 'granted';
		case 'conflict':
			return 'refused';
		case 'full':
			return 'ENOLCK';
	}
}

/** A path as a number of 52 bits (two FNV-1a halves), never negative. */
export function hashOf(path: string): number {
	let high = 0x811c9dc5;
	let low = 0x01000193;
	for (let i = 0; i < path.length; i++) {
		const code = path.charCodeAt(i);
		high = Math.imul(high ^ code, 0x01000193);
		low = Math.imul(low ^ code, 0x85ebca6b) + i;
	}
	return (high >>> 12) * 2 ** 32 + (low >>> 0);
}
