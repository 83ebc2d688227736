import { tryAgain } from '../shared-memory/files/try-again.ts';
import type { EmscriptenFs } from './abi/emscripten.ts';
import { ERRNO } from './abi/errno.ts';

const O_CREAT = 0o100;
const O_EXCL = 0o200;
/** What the glue does with paths. */
const PATH_CALLS = [
	...['lookupPath', 'open', 'stat', 'lstat', 'readlink', 'chmod', 'utime', 'truncate'],
	...['mkdir', 'rmdir', 'unlink', 'symlink', 'rename'],
] as const;

type Call = (...args: unknown[]) => unknown;

/** What operations of shared files throw, besides `errno`. */
export type RacedError = {
	errno?: number;
	/** What the glue had just found was not there any more: another thread has removed or replaced it. */
	isGone?: boolean;
};

/**
 * Emscripten does what it does with paths in steps: it looks a file up, then opens, changes, creates or renames it. When
 * another thread creates, replaces or removes the file in between, another attempt gives the result of one system call.
 * PHP thread; once per instance.
 */
export function bearWithOtherThreads(fs: EmscriptenFs): void {
	const calls = fs as unknown as Record<string, Call>;
	for (const name of PATH_CALLS) {
		const call = (calls[name] as Call).bind(fs);
		calls[name] = (...args) =>
			tryAgain(
				() => call(...args),
				(error) => isRaced(name, args, error as RacedError),
			);
	}
}

function isRaced(call: (typeof PATH_CALLS)[number], args: readonly unknown[], { errno, isGone }: RacedError): boolean {
	if (isGone === true) return true;
	if (call === 'rename') return errno === ERRNO.EEXIST;
	const flags = call === 'open' ? (args[1] as number) : 0;
	if ((flags & O_CREAT) === 0) return false;
	return errno === ERRNO.ENOENT || (errno === ERRNO.EEXIST && (flags & O_EXCL) === 0);
}
