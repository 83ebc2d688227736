import { toByteString } from '../../bytes/byte-string.ts';
import { DEFAULTS } from '../../config/defaults.ts';
import { encodePath, hasHiddenSegment, normalisePath } from '../../http/request-path.ts';
import type { FileProbe, Found } from './file-probe.ts';

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
	| { readonly kind: 'refuse'; readonly status: 400 | 404 | 500; readonly message?: string }
	/** Nothing for PHP, and files are somebody else's business. */
	| { readonly kind: 'pass' };

/** The document root, the scripts that workers serve, and what a `php_server` may say otherwise. */
export interface ScriptTable {
	/** Absolute, without a final '/' (text), as PHP sees it. */
	readonly root: string;
	/** Real path of a script below the root, beginning with '/' → index of its worker. */
	readonly workers: ReadonlyMap<string, number>;
	/** The file for directories and for what is no file; '' = none. Default: `index.php`. */
	readonly index?: string;
	/** Endings of scripts, in lower case. Default: `.php`. */
	readonly endings?: readonly string[];
	/** `false` = files are not sent, only PHP answers. Default: `true`. */
	readonly files?: boolean;
}

const MALFORMED: Decision = { kind: 'refuse', status: 400 };
const NOT_FOUND: Decision = { kind: 'refuse', status: 404 };
const PASS: Decision = { kind: 'pass' };

/** PHP sources, and the copies of them that editors and people leave behind. */
const PHP_SOURCE = /\.(?:php\d?|phtml|phps|phar|pht)(?:~|\.(?:bak|old|orig|save|swp|swo|tmp|dist))?$/i;

/**
 * Decides like FrankenPHP's `php_server`: `try_files {path} {path}/index.php index.php`, split at `.php`, redirect of
 * directories that have an index, then static files. Three things are stricter: nothing below a dot segment is ever
 * served or run, no PHP source is ever sent as text, and a file that is missing is a 404, with a front controller or not.
 *
 * @param path the request target up to '?', as it came over the wire
 */
export function chooseScript(path: string, table: ScriptTable, probe: FileProbe): Decision {
	const normal = normalisePath(path);
	if (normal === undefined) return MALFORMED;
	if (hasHiddenSegment(normal)) return NOT_FOUND;
	const { files = true, index: indexName = DEFAULTS.index } = table;
	const isDirectoryPath = normal.endsWith('/');
	const bare = isDirectoryPath && normal !== '/' ? normal.slice(0, -1) : normal;
	const below = bare === '/' ? '' : bare;
	// A backslash separates on some systems: such a path names no file, but the front controller may know it.
	const isName = !bare.includes('\\');

	if (isName) {
		const split = splitScript(normal, table);
		if (split > 0) {
			const scriptName = normal.slice(0, split);
			const script = visibleFile(scriptName, probe);
			if (script) return php(scriptName, normal.slice(split), script, true, table);
		}
		const found = split === bare.length || !files ? undefined : probe.look(bare);
		if (found?.kind === 'file') return isDirectoryPath ? fileWithSlash(bare, found) : staticFile(found);
		if (indexName !== '' && (found?.kind === 'directory' || !files)) {
			const index = visibleFile(`${below}/${indexName}`, probe);
			if (index && !isDirectoryPath) return { kind: 'redirect', location: `${encodePath(bare)}/` };
			if (index) return answerIndex(`${below}/${indexName}`, index, true, table);
		}
		const front = indexName === '' ? undefined : visibleFile(`/${indexName}`, probe);
		if (front) return answerIndex(`/${indexName}`, front, false, table);
		if (split > 0 && found === undefined) return missingScript(normal.slice(0, split), table);
		if (!files) return PASS;
		if (found?.kind === 'directory') {
			const index = visibleFile(`${below}/index.html`, probe);
			if (index && !isDirectoryPath) return { kind: 'redirect', location: `${encodePath(bare)}/` };
			if (index) return staticFile(index);
		}
		return NOT_FOUND;
	}
	const front = indexName === '' ? undefined : visibleFile(`/${indexName}`, probe);
	if (front) return answerIndex(`/${indexName}`, front, false, table);
	return files ? NOT_FOUND : PASS;
}

/**
 * Decides like FrankenPHP's `php`: the path names a script, or there is nothing. It is stricter: what does not end like a
 * script is never run.
 *
 * @param path as with `chooseScript`
 */
export function chooseNamedScript(path: string, table: ScriptTable, probe: FileProbe): Decision {
	const normal = normalisePath(path);
	if (normal === undefined) return MALFORMED;
	if (hasHiddenSegment(normal) || normal.includes('\\')) return NOT_FOUND;
	const split = splitScript(normal, table);
	if (split <= 0) return NOT_FOUND;
	const scriptName = normal.slice(0, split);
	const found = probe.look(scriptName);
	if (found === undefined) return missingScript(scriptName, { ...table, index: '' });
	if (found.kind !== 'file' || hasHiddenSegment(found.realPath)) return NOT_FOUND;
	return php(scriptName, normal.slice(split), found, true, table);
}

/**
 * A script that is not there is an error of the server, as in FrankenPHP, where PHP says so: what is missing is the front
 * controller, if there may be one. PHP is not asked: it would run a link that leads out of the root.
 */
function missingScript(scriptName: string, table: ScriptTable): Decision {
	const { index = DEFAULTS.index } = table;
	const missing = index !== '' && splitScript(`/${index}`, table) > 0 ? `/${index}` : scriptName;
	return { kind: 'refuse', status: 500, message: `There is no script ${table.root}${missing}` };
}

/** Where a path ends that names a script: behind the first ending that ends a segment, or -1. */
export function splitScript(path: string, { endings = DEFAULTS.splitPath }: Pick<ScriptTable, 'endings'>): number {
	for (const ending of endings) {
		let at = path.indexOf('.');
		for (; at >= 0; at = path.indexOf('.', at + 1)) {
			const end = at + ending.length;
			if ((end === path.length || path[end] === '/') && lowerAscii(path.slice(at, end)) === ending) return end;
		}
	}
	return -1;
}

/** Only ASCII: no other letter may become one of an ending. */
function lowerAscii(text: string): string {
	return text.replace(/[A-Z]/g, (char) => char.toLowerCase());
}

function visibleFile(path: string, probe: FileProbe): Found | undefined {
	const found = probe.look(path);
	return found?.kind === 'file' && !hasHiddenSegment(found.realPath) ? found : undefined;
}

function staticFile(found: Found): Decision {
	// The real path counts: a link called photo.jpg may lead to a script.
	if (isPhpSource(found.realPath) || hasHiddenSegment(found.realPath)) return NOT_FOUND;
	return { kind: 'file', path: found.realPath };
}

/** A path that ends in a slash is no file's: whatever guards the file by its path would be walked around. */
function fileWithSlash(path: string, found: Found): Decision {
	const decision = staticFile(found);
	return decision.kind === 'file' ? { kind: 'redirect', location: encodePath(path) } : decision;
}

/** `index index.html` makes a page the front controller. */
function answerIndex(path: string, found: Found, direct: boolean, table: ScriptTable): Decision {
	if (splitScript(path, table) === path.length) return php(path, '', found, direct, table);
	return table.files === false ? PASS : staticFile(found);
}

function php(scriptName: string, pathInfo: string, found: Found, direct: boolean, table: ScriptTable): PhpDecision {
	return {
		kind: 'php',
		worker: table.workers.get(found.realPath),
		scriptFilename: toByteString(table.root + scriptName),
		scriptName: toByteString(scriptName),
		pathInfo: toByteString(pathInfo),
		direct,
	};
}

/** Whether a file is code of PHP, or a copy of it: it is run, or not sent at all. */
export function isPhpSource(path: string): boolean {
	return PHP_SOURCE.test(path);
}
