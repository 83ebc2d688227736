import picomatch from 'picomatch';

/** What one `watch` asks for. Paths are absolute, their parts divided by `/`. */
export interface WatchPattern {
	/** The folder or file that has to be watched. */
	readonly base: string;
	/** Folders below the base that files may lie in; 0 = in the base itself. */
	readonly depth: number;
	/** Whether a file is meant. */
	matches(path: string): boolean;
}

const GLOB = /[[*?{]/;

/**
 * Understands a pattern as FrankenPHP does: parts with `*`, `?`, `[…]` or `{a,b}` are globs, `**` stands for any number
 * of folders, `*` for a leading dot, too. Without any of these it is a folder, and everything below it is meant, or a file.
 *
 * @param pattern relative to `folder`, or absolute
 */
export function parseWatchPattern(pattern: string, folder: string): WatchPattern {
	const parts = pattern.split('/');
	const first = parts.findIndex((part) => GLOB.test(part));
	const fixed = first < 0 ? parts : parts.slice(0, first);
	const base = normalize(pattern.startsWith('/') ? fixed : [...folder.split('/'), ...fixed]);
	const below = `${base === '/' ? '' : base}/`;
	if (first < 0) {
		return { base, depth: Number.POSITIVE_INFINITY, matches: (path) => path === base || path.startsWith(below) };
	}
	// The base is not part of the glob: its name may contain characters that are special there.
	const glob = parts.slice(first).filter((part) => part !== '' && part !== '.');
	const matchesGlob = picomatch(glob.join('/'), { dot: true, noextglob: true, nonegate: true });
	return {
		base,
		depth: glob.some((part) => part.includes('**')) ? Number.POSITIVE_INFINITY : depthOf(glob),
		matches: (path) => path.startsWith(below) && matchesGlob(path.slice(below.length)),
	};
}

/** Folders that are never watched unless a pattern names them: thousands of files that no worker loads. */
const IGNORED = ['node_modules', '.git'];

/**
 * Whether a path need not be watched, because no pattern can match it or anything below it.
 *
 * @param kind what it is, if that is known
 */
export function isUnwatched(
	patterns: readonly WatchPattern[],
	path: string,
	kind: 'file' | 'directory' | undefined,
): boolean {
	return !patterns.some(({ base, depth, matches }) => {
		// The way to the base is watched in case the base appears later.
		if (path === base || base.startsWith(path === '/' ? path : `${path}/`)) return true;
		if (!path.startsWith(base === '/' ? base : `${base}/`)) return false;
		const parts = path.slice(base.length).split('/').filter(Boolean);
		if (parts.some((part) => IGNORED.includes(part))) return false;
		return kind === 'file' ? matches(path) : kind === undefined || parts.length <= depth;
	});
}

/** Of slashes: those inside of braces count as well, as they do in a path. */
function depthOf(glob: readonly string[]): number {
	return glob.length - 1;
}

function normalize(parts: readonly string[]): string {
	const kept: string[] = [];
	for (const part of parts) {
		if (part === '..') kept.pop();
		else if (part !== '' && part !== '.') kept.push(part);
	}
	return `/${kept.join('/')}`;
}
