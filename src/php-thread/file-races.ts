import type { EmscriptenFs } from './abi/emscripten.ts';
import { ERRNO } from './abi/errno.ts';

const O_CREAT = 0o100;
const O_EXCL = 0o200;
/** Enough: another thread would have to interfere that many times in a row. */
const ATTEMPTS = 10;

/**
 * Emscripten opens and renames files in steps: it looks, then creates or renames. When another thread creates or removes
 * the file in between, another attempt gives the result of open(2) or rename(2). PHP thread; once per instance.
 */
export function bearWithOtherThreads(fs: EmscriptenFs): void {
	const open = fs.open.bind(fs);
	fs.open = (path, flags, mode) => {
		const creates = (flags & O_CREAT) !== 0;
		const wantsToBeFirst = (flags & O_EXCL) !== 0;
		return again(
			() => open(path, flags, mode),
			(errno) => creates && (errno === ERRNO.ENOENT || (errno === ERRNO.EEXIST && !wantsToBeFirst)),
		);
	};
	const rename = fs.rename.bind(fs);
	fs.rename = (from, to) =>
		again(
			() => rename(from, to),
			(errno) => errno === ERRNO.EEXIST,
		);
}

function again<T>(attempt: () => T, interfered: (errno: number | undefined) => boolean): T {
	for (let attempts = 1; ; attempts++) {
		try {
			return attempt();
		} catch (error) {
			if (attempts === ATTEMPTS || !interfered((error as { errno?: number }).errno)) throw error;
		}
	}
}
