import type { ResponseMatcher } from '../caddyfile/response-matcher.ts';
import { matchesFields } from './matching/header-match.ts';
import { fieldValues, firstField, hasField } from './values/header-operations.ts';
import { matchesStatus } from './values/status-match.ts';

/** Caddy's: what is worth compressing. A final `*` stands for whatever follows. */
const COMPRESSIBLE: readonly string[] = [
	'application/atom+xml*',
	'application/eot*',
	'application/font*',
	'application/geo+json*',
	'application/graphql+json*',
	'application/graphql-response+json*',
	'application/javascript*',
	'application/json*',
	'application/ld+json*',
	'application/manifest+json*',
	'application/opentype*',
	'application/otf*',
	'application/rss+xml*',
	'application/truetype*',
	'application/ttf*',
	'application/vnd.api+json*',
	'application/vnd.ms-fontobject*',
	'application/wasm*',
	'application/x-httpd-cgi*',
	'application/x-javascript*',
	'application/x-opentype*',
	'application/x-otf*',
	'application/x-perl*',
	'application/x-protobuf*',
	'application/x-ttf*',
	'application/xhtml+xml*',
	'application/xml*',
	'font/*',
	'image/svg+xml*',
	'image/vnd.microsoft.icon*',
	'image/x-icon*',
	'multipart/bag*',
	'multipart/mixed*',
	'text/*',
];

const DEFAULT_MATCH: ResponseMatcher = {
	statuses: [],
	headers: [{ name: 'content-type', values: COMPRESSIBLE }],
};

/** What decides whether a response is compressed. */
export interface EncodingRules {
	/** Bytes; shorter responses are left alone, as far as their length is known before. */
	readonly minimumLength: number;
	/** `undefined` = what is usually worth it. */
	readonly match?: ResponseMatcher | undefined;
}

/**
 * Whether a response may be sent compressed.
 *
 * @param headers flat: name, value, …
 */
export function isWorthEncoding(status: number, headers: readonly string[], rules: EncodingRules): boolean {
	// 206: a range is one of the bytes as they are.
	if (status < 200 || status === 204 || status === 206 || status === 304) return false;
	// First, because it settles most answers.
	if (isTooShort(status, Number(firstField(headers, 'content-length') ?? -1), rules)) return false;
	if (hasField(headers, 'content-encoding')) return false;
	if (fieldValues(headers, 'cache-control').some((value) => /\bno-transform\b/i.test(value))) return false;
	const { statuses, headers: fields } = rules.match ?? DEFAULT_MATCH;
	if (statuses.length > 0 && !matchesStatus(statuses, status)) return false;
	return matchesFields(fields, (name) => fieldValues(headers, name).map((value) => value.toLowerCase()));
}

/**
 * Whether nothing has to be done to an answer, because it announces fewer bytes than are worth it. That of a 304 is
 * another answer's.
 *
 * @param length -1 = not known
 */
export function isTooShort(status: number, length: number, { minimumLength }: EncodingRules): boolean {
	return length >= 0 && length < Math.max(minimumLength, 1) && status !== 304;
}

/** Adds the length of a body that is known to be complete, where a length is allowed and missing. */
export function nameLength(status: number, headers: string[], length: number): void {
	if (status === 204 || status === 304) return;
	if (hasField(headers, 'content-length') || hasField(headers, 'transfer-encoding')) return;
	headers.push('Content-Length', String(length));
}

/** Makes the headers those of the compressed response, in place. */
export function describeEncoding(headers: string[], encoding: string): void {
	for (let at = headers.length - 2; at >= 0; at -= 2) {
		const name = (headers[at] as string).toLowerCase();
		if (name === 'content-length' || name === 'accept-ranges') headers.splice(at, 2);
		// Other bytes than those that the tag was made of: equal in meaning only.
		else if (name === 'etag' && !(headers[at + 1] as string).startsWith('W/')) headers[at + 1] = `W/${headers[at + 1]}`;
	}
	headers.push('Content-Encoding', encoding);
}

/** Tells caches that the answer depends on Accept-Encoding. */
export function varyByEncoding(headers: string[]): void {
	const named = fieldValues(headers, 'vary').some((value) =>
		/(?:^|[\s,])(?:accept-encoding|\*)(?:$|[\s,])/i.test(value),
	);
	if (!named) headers.push('Vary', 'Accept-Encoding');
}
