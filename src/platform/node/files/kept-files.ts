import { closeSync, openSync, type Stats } from 'node:fs';

/** How long a file stays open, in milliseconds: what has been deleted takes its space until it is closed. */
const LIFETIME = 1000;
/** A server has perhaps only 1,024 descriptors. */
const MOST_FILES = 64;

type Kept = { readonly fd: number; readonly stat: Stats };

const files = new Map<string, Kept>();
let closing: NodeJS.Timeout | undefined;

/**
 * The descriptor of a file that was opened a moment ago, so that it need not be opened again. Its bytes are read anew, so
 * they are never old. To be used at once: it is closed soon. Main thread only.
 *
 * @param path what it was kept by
 * @param now what its name stands for now; undefined is returned when that is another file, or has changed
 */
export function keptFile(path: string, now: Stats): Kept | undefined {
	const kept = files.get(path);
	if (kept === undefined) return undefined;
	if (isSame(kept.stat, now)) return kept;
	files.delete(path);
	closeSync(kept.fd);
	return undefined;
}

/** Keeps a descriptor, which is not the caller's any more. @param path where it was opened, without links */
export function keepFile(path: string, fd: number, stat: Stats): void {
	const [oldest] = files;
	if (files.size >= MOST_FILES && oldest !== undefined) {
		files.delete(oldest[0]);
		closeSync(oldest[1].fd);
	}
	files.set(path, { fd, stat });
	closing ??= setTimeout(closeKept, LIFETIME).unref();
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
