import { decodePath } from '../http/request-path.ts';

/** The pairs of a query, decoded, in their order. */
export interface ParsedQuery {
	readonly pairs: [name: string, value: string][];
	/** Some pairs could not be read: a bad escape, or a semicolon. They are left out. */
	readonly malformed: boolean;
}

/** @param query without the question mark */
export function parseQuery(query: string): ParsedQuery {
	const pairs: [string, string][] = [];
	let malformed = false;
	for (const piece of query.split('&')) {
		if (piece === '') continue;
		const equals = piece.indexOf('=');
		const name = decodePart(equals < 0 ? piece : piece.slice(0, equals));
		const value = equals < 0 ? '' : decodePart(piece.slice(equals + 1));
		if (piece.includes(';') || name === undefined || value === undefined) malformed = true;
		else pairs.push([name, value]);
	}
	return { pairs, malformed };
}

/** The values of one key, in their order. */
export function queryValues(query: string, name: string): string[] {
	if (query === '') return [];
	return parseQuery(query)
		.pairs.filter((pair) => pair[0] === name)
		.map((pair) => pair[1]);
}

/** Writes pairs as a query, sorted by key as Caddy does. */
export function encodeQuery(pairs: readonly (readonly [name: string, value: string])[]): string {
	return pairs
		.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
		.map(([name, value]) => `${escapeQuery(name)}=${escapeQuery(value)}`)
		.join('&');
}

/** A text as a part of a query: a space is '+', everything but letters, digits, '-', '_', '.' and '~' is escaped. */
export function escapeQuery(text: string): string {
	return encodeURIComponent(text.toWellFormed())
		.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
		.replaceAll('%20', '+');
}

function decodePart(part: string): string | undefined {
	const spaced = part.replaceAll('+', ' ');
	return /^[\x20-\x24\x26-\x7e]*$/.test(spaced) ? spaced : decodePath(spaced);
}
