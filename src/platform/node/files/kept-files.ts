import { closeSync, openSync, type Stats } from 'node:fs';

/** How long a file stays open, in milliseconds: what has been deleted takes its space until it is closed. */
const LIFETIME = 1000;
/** Longer than a tick of any file system's clock, in milliseconds. */
const SETTLED = 2000;
/** A server has perhaps only 1,024 descriptors. */
const MOST_FILES = 64;

/** A file that is open for a moment. */
export interface KeptFile {
	readonly fd: number;
	readonly stat: Stats;
	/** What was made of it, for as long as it is kept; only for one that `isSettled()`. */
	made?: unknown;
}

const files = new Map<string, KeptFile>();
let closing: NodeJS.Timeout | undefined;

/**
 * A file that was opened a moment ago, so that it need not be opened again. To be used at once: it is closed soon. Main
 * thread only.
 *
 * @param path what it was kept by
 * @param now what its name stands for now; undefined is returned when that is another file, or has changed
 */
export function keptFile(path: string, now: Stats): KeptFile | undefined {
	const kept = files.get(path);
	if (kept === undefined) return undefined;
	if (isSame(kept.stat, now)) return kept;
	files.delete(path);
	closeSync(kept.fd);
	return undefined;
}

/** Keeps a descriptor, which is not the caller's any more. @param path where it was opened, without links */
export function keepFile(path: string, fd: number, stat: Stats): KeptFile {
	const [oldest] = files;
	if (files.size >= MOST_FILES && oldest !== undefined) {
		files.delete(oldest[0]);
		closeSync(oldest[1].fd);
	}
	const kept = { fd, stat };
	files.set(path, kept);
	closing ??= setTimeout(closeKept, LIFETIME).unref();
	return kept;
}

/**
 * Whether the next change of a file will show in its times: they are those of a clock that ticks seldom, so a change soon
 * after another one may not. Then its bytes have to be read each time.
 */
export function isSettled({ ctimeMs }: Stats): boolean {
	return Date.now() - ctimeMs > SETTLED;
}

/** A descriptor of the caller's own for a kept file. */
export function reopen(fd: number): number {
	return openSync(`/proc/self/fd/${fd}`, 'r');
}

/** Closes all of them. */
export function closeKept(): void {
	clearTimeout(closing);
	closing = undefined;
	for (const { fd } of files.values()) closeSync(fd);
	files.clear();
}

/** Inode numbers may exceed what a double holds exactly. */
function isSame(a: Stats, b: Stats): boolean {
	return (
		a.ino === b.ino &&
		a.dev === b.dev &&
		a.ctimeMs === b.ctimeMs &&
		a.mtimeMs === b.mtimeMs &&
		a.size === b.size &&
		a.birthtimeMs === b.birthtimeMs
	);
}
