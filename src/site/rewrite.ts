import { toByteString } from '../bytes/byte-string.ts';
import { decodeEscapes } from '../http/request-path.ts';
import { escapeQuery } from './query.ts';
import { escapePath, RequestUri } from './request-uri.ts';
import type { RequestView } from './request-view.ts';
import { Template } from './template.ts';
import type { ChangeUri } from './uri-changes.ts';

/**
 * The directive `rewrite`, read once: only what is written changes, the path, the query or both. A question mark inside of a
 * placeholder's value ends the path.
 */
export function rewriteTo(to: string): ChangeUri {
	const [, pathText = '', queryMark, queryText = ''] = /^([^?#]*)(\?)?([^#]*)/.exec(shieldPlaceholders(to)) ?? [];
	const path = pathText === '' ? undefined : new Template(unshield(pathText));
	const query = queryMark === undefined ? undefined : queryParts(unshield(queryText));
	return (request) => {
		const { uri } = request;
		let next = uri.query;
		let injected = '';
		let newPath: string | undefined;
		if (path !== undefined) {
			const written = path.evaluate(request, (value, name) => escapeForPath(value, name, request));
			const mark = written.indexOf('?');
			newPath = mark < 0 ? written : written.slice(0, mark);
			injected = mark < 0 ? '' : written.slice(mark + 1);
		}
		if (query !== undefined) next = query.length === 0 ? injected : buildQuery(query, request);
		if (newPath === undefined) return uri.withQuery(next);
		const decoded = decodeEscapes(newPath) ?? newPath;
		return RequestUri.of(decoded.replaceAll('\0', ''), next);
	};
}

/** A path in a path is put in escaped: its question marks and percent signs are no syntax. */
function escapeForPath(value: string, name: string, request: RequestView): string {
	if (name === 'http.request.uri.path') return request.uri.escapedPath;
	if (name.startsWith('http.matchers.file.')) return escapePath(value);
	return value;
}

interface QueryPart {
	readonly text: Template;
	readonly isKey: boolean;
}

/** Keys and values, as they follow each other. */
function queryParts(query: string): QueryPart[] {
	if (query === '') return [];
	return shieldPlaceholders(query)
		.split('&')
		.flatMap((pair) => {
			const [key = '', ...values] = pair.split('=');
			const parts: QueryPart[] = [{ text: new Template(unshield(key)), isKey: true }];
			if (values.length > 0) parts.push({ text: new Template(unshield(values.join('='))), isKey: false });
			return parts;
		});
}

/** Values are escaped, except the whole query where a key would stand. */
function buildQuery(parts: readonly QueryPart[], request: RequestView): string {
	let query = '';
	for (const { text, isKey } of parts) {
		const part = text.evaluate(request, (value, name) =>
			isKey && name === 'http.request.uri.query' ? value : escapeQuery(value),
		);
		if (!isKey) query += '=';
		else if (query !== '' && part !== '') query += '&';
		query += part;
	}
	return toByteString(query);
}

/** Placeholders have names like `?query` and `query.a=b`: those characters are no syntax of the URI. */
function shieldPlaceholders(text: string): string {
	return text.replace(/\{[^{}]*\}/g, (name) =>
		name.replace(/[?#&=]/g, (char) => String.fromCharCode(0xe000 + char.charCodeAt(0))),
	);
}

function unshield(text: string): string {
	return text.replace(/[\ue023\ue026\ue03d\ue03f]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xe000));
}
