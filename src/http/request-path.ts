import { bytesToText, toByteString } from '../bytes/byte-string.ts';

/** A path that needs none of the work below: no escapes, no dots or empty segments at a segment's start, ASCII only. */
const PLAIN_PATH = /^(?:\/[a-zA-Z0-9_~-][a-zA-Z0-9_~.,+=@-]*)*\/?$/;

/** Whether a path is what it looks like: it has no escapes and needs no cleaning. The empty path is such a one. */
export function isPlainPath(path: string): boolean {
	return PLAIN_PATH.test(path);
}

/**
 * Decodes and normalises the path of a request target, so that no spelling of it can leave the root: percent escapes
 * first (an escaped slash separates, too), then '.', '..' and empty segments. '..' at the top stays at the top.
 *
 * @param path the target up to '?', as it came over the wire (a byte string)
 * @returns text that begins with '/', keeps a final '/', has no '.', '..' or empty segment; `undefined` when malformed:
 *   a '%' without two hexadecimal digits, or a NUL
 */
export function normalisePath(path: string): string | undefined {
	if (PLAIN_PATH.test(path)) return path === '' ? '/' : path;
	const decoded = decodePath(path);
	if (decoded === undefined || decoded.includes('\0')) return undefined;
	const segments: string[] = [];
	let last = '';
	for (last of decoded.split('/')) {
		if (last === '..') segments.pop();
		else if (last !== '' && last !== '.') segments.push(last);
	}
	if (segments.length === 0) return '/';
	const directory = last === '' || last === '.' || last === '..';
	return `/${segments.join('/')}${directory ? '/' : ''}`;
}

/** Whether a segment begins with a dot; `/.well-known` alone is public. */
export function hasHiddenSegment(path: string): boolean {
	let at = path.indexOf('/.');
	if (at === 0 && (path.startsWith('/.well-known/') || path === '/.well-known')) at = path.indexOf('/.', 2);
	return at >= 0;
}

/** A path of this form (what `normalisePath` returns) as it may stand in a Location header. */
export function encodePath(path: string): string {
	return encodeURI(path.toWellFormed()).replace(/[?#]/g, encodeURIComponent);
}

/** Percent-decodes text; `undefined` when a '%' has no two hexadecimal digits. */
export function decodeEscapes(text: string): string | undefined {
	return text.includes('%') ? decodePath(toByteString(text)) : text;
}

/** Percent-decodes a byte string and reads the bytes as UTF-8; `undefined` as with `decodeEscapes`. */
export function decodePath(path: string): string | undefined {
	const bytes = new Uint8Array(path.length);
	let length = 0;
	for (let at = 0; at < path.length; at++) {
		let byte = path.charCodeAt(at);
		if (byte === 0x25) {
			const digits = path.slice(at + 1, at + 3);
			if (!/^[0-9a-fA-F]{2}$/.test(digits)) return undefined;
			byte = Number.parseInt(digits, 16);
			at += 2;
		}
		bytes[length++] = byte;
	}
	return bytesToText(bytes.subarray(0, length));
}
