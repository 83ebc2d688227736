import type { LockKind } from '../../shared-memory/file-locks.ts';
import type { EmscriptenNode, EmscriptenStream } from '../abi/emscripten.ts';
import type { LockOutcome } from './os-locks.ts';

/** An open file, as far as locks need it. */
export type LockableStream = EmscriptenStream & {
	node: EmscriptenNode;
	/** Where it was opened, absolute. */
	path?: string;
	/** The host's descriptor, when the file is on a host. */
	nfd?: number;
};

/** A part of a file, its end not included. */
export type FileRange = { start: number; end: number };

/** The end of a range that has none. */
export const END_OF_FILE = 2 ** 53;

/** Keeps the locks of a file. None of this waits. PHP thread. */
export type LockKeeper = {
	/** flock(2); `kind` undefined = unlock. */
	flock(stream: LockableStream, kind: LockKind | undefined): LockOutcome;
	/** A lock of fcntl(2), which belongs to the thread. */
	lockRange(stream: LockableStream, kind: LockKind | undefined, range: FileRange): LockOutcome;
	/** A conflicting lock of another thread or process. */
	conflict(stream: LockableStream, kind: LockKind, range: FileRange): (FileRange & { kind: LockKind }) | undefined;
	/** A descriptor is about to be closed; as in POSIX that ends the thread's range locks on its file. */
	closing(stream: LockableStream): void;
	/** Milliseconds after which a refused lock has to be tried again, even if nobody says that it is free. */
	readonly longestNap: number;
};
