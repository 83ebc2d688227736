import { toByteString } from './byte-string.ts';
import type { FileProbe, Found } from './file-probe.ts';
import { encodePath, hasHiddenSegment, normalisePath } from './request-path.ts';

/** Runs a script. Strings are byte strings, ready for `PhpRequest`. */
export interface PhpDecision {
	readonly kind: 'php';
	readonly worker: number | undefined;
	readonly scriptFilename: string;
	readonly scriptName: string;
	readonly pathInfo: string;
	/** The path itself named the script (or its directory): stays true as long as that file is there. */
	readonly direct: boolean;
}

/** What happens with a request, by its path alone. */
export type Decision =
	| PhpDecision
	/** Sends a file; `path` is its real path below the root (text). */
	| { readonly kind: 'file'; readonly path: string }
	/** 308; `location` has no query yet. */
	| { readonly kind: 'redirect'; readonly location: string }
	| { readonly kind: 'refuse'; readonly status: 400 | 404 };

/** The document root and the scripts that workers serve. */
export interface RouteTable {
	/** Absolute and real, without a final '/' (text). */
	readonly root: string;
	/** Real path of a script below the root, beginning with '/' → index of its worker. */
	readonly workers: ReadonlyMap<string, number>;
}

const MALFORMED: Decision = { kind: 'refuse', status: 400 };
const NOT_FOUND: Decision = { kind: 'refuse', status: 404 };

/** PHP sources, and the copies of them that editors and people leave behind. */
const PHP_SOURCE = /\.(?:php\d?|phtml|phps|phar|pht)(?:~|\.(?:bak|old|orig|save|swp|swo|tmp|dist))?$/i;

/**
 * Decides like FrankenPHP's `php_server`: `try_files {path} {path}/index.php index.php`, split at `.php`, redirect of
 * directories that have an index, then static files. Two things are stricter: nothing below a dot segment is ever
 * served or run, and no PHP source is ever sent as text.
 *
 * @param path the request target up to '?', as it came over the wire
 */
export function route(path: string, table: RouteTable, probe: FileProbe): Decision {
	const normal = normalisePath(path);
	if (normal === undefined) return MALFORMED;
	if (hasHiddenSegment(normal)) return NOT_FOUND;
	const isDirectoryPath = normal.endsWith('/');
	const bare = isDirectoryPath && normal !== '/' ? normal.slice(0, -1) : normal;
	const below = bare === '/' ? '' : bare;

	// A backslash separates on some systems: such a path names no file, but the front controller may know it.
	if (!bare.includes('\\')) {
		const split = splitScript(normal);
		if (split > 0) {
			const scriptName = normal.slice(0, split);
			const script = visibleFile(scriptName, probe);
			if (script) return php(scriptName, normal.slice(split), script, true, table);
		}
		const found = split === bare.length ? undefined : probe.look(bare);
		if (found?.kind === 'file') return staticFile(found);
		if (found?.kind === 'directory') {
			const index = visibleFile(`${below}/index.php`, probe);
			if (index && !isDirectoryPath) return { kind: 'redirect', location: `${encodePath(bare)}/` };
			if (index) return php(`${below}/index.php`, '', index, true, table);
		}
		const front = visibleFile('/index.php', probe);
		if (front) return php('/index.php', '', front, false, table);
		if (found?.kind === 'directory') {
			const index = visibleFile(`${below}/index.html`, probe);
			if (index && !isDirectoryPath) return { kind: 'redirect', location: `${encodePath(bare)}/` };
			if (index) return staticFile(index);
		}
		return NOT_FOUND;
	}
	const front = visibleFile('/index.php', probe);
	return front ? php('/index.php', '', front, false, table) : NOT_FOUND;
}

/** The end of the first `.php` that ends a segment, or -1. */
function splitScript(path: string): number {
	let at = path.indexOf('.');
	for (; at >= 0; at = path.indexOf('.', at + 1)) {
		const end = at + 4;
		if ((end === path.length || path[end] === '/') && path.slice(at, end).toLowerCase() === '.php') return end;
	}
	return -1;
}

function visibleFile(path: string, probe: FileProbe): Found | undefined {
	const found = probe.look(path);
	return found?.kind === 'file' && !hasHiddenSegment(found.realPath) ? found : undefined;
}

function staticFile(found: Found): Decision {
	// The real path counts: a link called photo.jpg may lead to a script.
	if (PHP_SOURCE.test(found.realPath) || hasHiddenSegment(found.realPath)) return NOT_FOUND;
	return { kind: 'file', path: found.realPath };
}

function php(scriptName: string, pathInfo: string, found: Found, direct: boolean, table: RouteTable): PhpDecision {
	return {
		kind: 'php',
		worker: table.workers.get(found.realPath),
		scriptFilename: toByteString(table.root + scriptName),
		scriptName: toByteString(scriptName),
		pathInfo: toByteString(pathInfo),
		direct,
	};
}
