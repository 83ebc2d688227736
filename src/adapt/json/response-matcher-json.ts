import type { Directive } from '../../caddyfile/parser.ts';
import type { ResponseMatcher } from '../../caddyfile/response-matcher.ts';
import type { Statuses } from '../../caddyfile/statuses.ts';
import { compact, type JsonData, mapUnlessEmpty, unlessEmpty } from './json-forms.ts';
import { lineOf } from './json-lines.ts';
import type { JsonNode } from './json-node.ts';

/** A field's name as Go writes it: `X-Forwarded-For`. */
export function canonicalField(name: string): string {
	if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return name;
	return name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

/** Fields of a `header` matcher. */
export function writeHeaderMatches(fields: ResponseMatcher['headers']): JsonData {
	return Object.fromEntries(fields.map(({ name, values }) => [canonicalField(name), unlessEmpty(values) ?? null]));
}

/** Statuses: 4 stands for 4xx. */
export function writeStatuses(statuses: Statuses): number[] {
	return statuses.map((status) => (typeof status === 'number' ? status : Number(status[0])));
}

/** Statuses as a Caddyfile has them. */
export function statusWords(node: JsonNode): string[] {
	const items = Array.isArray(node.value) ? node.list() : [node];
	return items.map((item) => String(item.number()).replace(/^[1-9]$/, '$&xx'));
}

/** What `match` in `header` and `encode` says. */
export function writeResponseMatcher({ statuses, headers }: ResponseMatcher): JsonData {
	return compact({
		status_code: unlessEmpty(writeStatuses(statuses)),
		headers: mapUnlessEmpty(writeHeaderMatches(headers)),
	});
}

/** The lines of a block that says the same. @throws CaddyfileError */
export function readResponseMatcherLines(node: JsonNode): Directive[] {
	const matcher = node.object();
	const statuses = matcher.get('status_code');
	const headers = matcher.get('headers');
	matcher.end();
	return [
		...(statuses ? [lineOf(statuses.position, 'status', statusWords(statuses))] : []),
		...(headers ? readHeaderMatchLines(headers) : []),
	];
}

/** `header` lines of a matcher. @throws CaddyfileError */
export function readHeaderMatchLines(node: JsonNode): Directive[] {
	return node.entries().flatMap(([field, values]) => {
		const list = values.value === null ? [] : values.list();
		if (list.length === 0) return [lineOf(values.position, 'header', [`!${field}`])];
		return list.map((value) => lineOf(value.position, 'header', [field, value]));
	});
}
