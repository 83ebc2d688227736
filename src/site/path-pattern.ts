import { decodeEscapes } from '../http/request-path.ts';
import { matchesGlob } from './glob.ts';
import { cleanPath, type RequestUri } from './request-uri.ts';

/** Whether a path is as a pattern says. */
export type PathTest = (uri: RequestUri) => boolean;

/**
 * A pattern of the `path` matcher: letters are compared without their case, against the cleaned path. `*` at an end, if
 * it is the only one, or at both ends, matches across slashes, elsewhere within a segment. Where the pattern has an
 * escape, the path has to have the same one there; `%*` takes escapes as they are.
 */
export function pathTest(pattern: string): PathTest {
	const lower = pattern.toLowerCase();
	if (lower === '*') return () => true;
	const merge = !lower.includes('//');
	if (lower.includes('%')) {
		return ({ escapedPath }) => matchesEscaped(cleanPath(escapedPath, merge).toLowerCase(), lower);
	}
	const test = textTest(lower);
	if (merge) return (uri) => test(uri.matchingPath);
	return ({ path }) => test(cleanPath(path.toLowerCase(), false));
}

function textTest(pattern: string): (path: string) => boolean {
	const stars = pattern.split('*').length - 1;
	const first = pattern.startsWith('*');
	const last = pattern.endsWith('*');
	if (stars === 0 && !/[?[\\]/.test(pattern)) return (path) => path === pattern;
	if (stars === 2 && first && last) {
		const middle = pattern.slice(1, -1);
		return (path) => path.includes(middle);
	}
	if (stars === 1 && first) {
		const end = pattern.slice(1);
		return (path) => path.endsWith(end);
	}
	if (stars === 1 && last) {
		const start = pattern.slice(0, -1);
		return (path) => path.startsWith(start);
	}
	return (path) => matchesGlob(pattern, path);
}

/**
 * Builds what the pattern is compared with: the decoded path, but the escapes themselves wherever the pattern has one.
 * Both in lower case.
 */
function matchesEscaped(path: string, pattern: string): boolean {
	let compared = '';
	let at = 0;
	let place = 0;
	while (place < pattern.length && at < path.length) {
		const encoded = /^%[0-9a-f]{2}/.exec(path.slice(at, at + 3))?.[0];
		const isStar = pattern[place] === '*' || pattern.startsWith('%*', place);
		if (isStar) {
			const raw = pattern[place] === '%';
			if (raw) place++;
			const stop = pattern[place + 1];
			const end = stop === undefined ? path.length : path.indexOf(stop, at);
			if (end < 0) return false;
			const span = path.slice(at, end);
			const text = raw ? span : decodeEscapes(span);
			if (text === undefined) return false;
			compared += text;
			at = end;
		} else if (pattern[place] === '%') {
			compared += encoded ?? '';
			at += encoded?.length ?? 1;
			place += 2;
		} else {
			compared += encoded === undefined ? path[at] : (decodeEscapes(encoded) ?? encoded);
			at += encoded?.length ?? 1;
		}
		place++;
	}
	const rest = path.slice(at);
	compared += decodeEscapes(rest) ?? rest;
	return matchesGlob(pattern.replaceAll('%*', '*'), compared.toLowerCase());
}
