import { toByteString } from '../bytes/byte-string.ts';
import { decodePath, isPlainPath } from '../http/request-path.ts';

/** What a path may contain as it is, beside escapes; the rest of ASCII has to be escaped. */
const VALID_PATH = /^(?:[A-Za-z0-9\-._~$&+,/:;=@!'()*[\]]|%[0-9a-fA-F]{2})*$/;

/** The URI of a request at some point of its way through a site: rewrites make new ones. */
export class RequestUri {
	/** Decoded text. It may have '.', '..' and empty segments, and no slash at its start after a rewrite. */
	readonly path: string;
	/** The path in its escaped form, ASCII: as the client sent it if that was a valid one. */
	readonly escapedPath: string;
	/** Without the question mark, as the client or a rewrite wrote it. */
	readonly query: string;
	#matching: string | undefined;

	private constructor(path: string, escapedPath: string, query: string) {
		this.path = path;
		this.escapedPath = escapedPath;
		this.query = query;
	}

	/** From the escaped form, a byte string; `undefined` when it is malformed: a bad escape, or a NUL. */
	static parse(escapedPath: string, query: string): RequestUri | undefined {
		if (isPlainPath(escapedPath)) return new RequestUri(escapedPath, escapedPath, query);
		const path = decodePath(escapedPath);
		if (path === undefined || path.includes('\0')) return undefined;
		return new RequestUri(path, VALID_PATH.test(escapedPath) ? escapedPath : escapePath(path), query);
	}

	/** From a decoded path. */
	static of(path: string, query: string): RequestUri {
		return new RequestUri(path, escapePath(path), query);
	}

	withQuery(query: string): RequestUri {
		return query === this.query ? this : new RequestUri(this.path, this.escapedPath, query);
	}

	/** Changes the escaped path; what leads to a malformed or empty one is done to the decoded path instead. */
	changePath(change: (path: string) => string): RequestUri {
		const escaped = change(this.escapedPath);
		const changed = escaped === '' ? undefined : RequestUri.parse(toByteString(escaped), this.query);
		return changed ?? RequestUri.of(change(this.path).replaceAll('\0', ''), this.query);
	}

	/** Path and query as they stand in a request. */
	get target(): string {
		const path = this.escapedPath === '' ? '/' : this.escapedPath;
		return this.query === '' ? path : `${path}?${this.query}`;
	}

	/** The path as path matchers compare it: cleaned, in lower case. */
	get matchingPath(): string {
		this.#matching ??= cleanPath(this.path.toLowerCase());
		return this.#matching;
	}
}

/** A decoded path in its escaped form: everything that has a meaning in a URI, or is not ASCII, is escaped. */
export function escapePath(path: string): string {
	return encodeURI(path.toWellFormed()).replace(
		/[?#!'()*]/g,
		(char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}

/**
 * Resolves '.' and '..' and merges slashes; a final slash stays. A relative path stays relative, an empty one is '.'.
 *
 * @param merge `false` = empty segments stay
 */
export function cleanPath(path: string, merge = true): string {
	if (!merge) return cleanPath(path.replace(/(?<=\/)\//g, '\uffff/')).replaceAll('\uffff', '');
	if (path.startsWith('/') && !/\/[./]/.test(path)) return path;
	const rooted = path.startsWith('/');
	const segments: string[] = [];
	for (const segment of path.split('/')) {
		if (segment === '' || segment === '.') continue;
		if (segment !== '..') segments.push(segment);
		else if (segments.length > 0 && segments.at(-1) !== '..') segments.pop();
		else if (!rooted) segments.push(segment);
	}
	const clean = `${rooted ? '/' : ''}${segments.join('/')}` || '.';
	return clean !== '/' && path.endsWith('/') ? `${clean}/` : clean;
}
