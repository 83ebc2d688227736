import type { ResponseMatcher } from '../caddyfile/response-matcher.ts';

/** The types that are worth compressing when `encode` does not say which: Caddy's list. */
const COMPRESSIBLE = new RegExp(
	`^(?:text/|font/(?:ttf|otf)|image/(?:svg\\+xml|vnd\\.microsoft\\.icon|x-icon)|multipart/(?:bag|mixed)|application/(?:${[
		'(?:atom|rss|xhtml)\\+xml|xml|eot|font|wasm|truetype|ttf|opentype|otf|javascript|json',
		'(?:geo|graphql|graphql-response|ld|manifest|vnd\\.api)\\+json|vnd\\.ms-fontobject',
		'x-(?:httpd-cgi|javascript|opentype|otf|perl|protobuf|ttf)',
	].join('|')}))`,
	'i',
);

/**
 * Whether a response may be compressed, whoever asks for it.
 *
 * @param headers flat: name, value, …
 * @param length bytes of the body; `undefined` = nobody knows
 */
export function mayEncode(
	status: number,
	headers: readonly string[],
	length: number | undefined,
	directive: { readonly minimumLength: number; readonly match?: ResponseMatcher },
): boolean {
	// No body, or a part of one.
	if (status < 200 || status === 204 || status === 205 || status === 206 || status === 304) return false;
	if (length !== undefined && (length === 0 || length < directive.minimumLength)) return false;
	if (fieldValues(headers, 'content-encoding').length > 0) return false;
	if (fieldValues(headers, 'cache-control').some(forbidsTransforming)) return false;
	if (directive.match !== undefined) return matchesResponse(directive.match, status, headers);
	return COMPRESSIBLE.test(fieldValues(headers, 'content-type')[0] ?? '');
}

/** Whether a Cache-Control says that nobody may change the body. */
export function forbidsTransforming(cacheControl: string): boolean {
	return /\bno-transform\b/i.test(cacheControl);
}

/** Changes the head of a response that is going to be compressed; `headers` are flat and changed in place. */
export function markEncoded(headers: string[], encoding: string): void {
	removeFields(headers, ['content-length', 'accept-ranges', 'content-md5']);
	for (let at = 0; at < headers.length; at += 2) {
		// The same content in other bytes.
		const value = headers[at + 1] as string;
		if (headers[at]?.toLowerCase() === 'etag' && value.startsWith('"')) headers[at + 1] = `W/${value}`;
	}
	headers.push('Content-Encoding', encoding);
}

/** Says that the response depends on Accept-Encoding, unless it is said already. */
export function varyByEncoding(headers: string[]): void {
	const listed = fieldValues(headers, 'vary').flatMap((value) => value.toLowerCase().split(/[\s,]+/));
	if (listed.includes('*') || listed.includes('accept-encoding')) return;
	const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'vary');
	if (at < 0) headers.push('Vary', 'Accept-Encoding');
	else headers[at + 1] += `${headers[at + 1] === '' ? '' : ', '}Accept-Encoding`;
}

/** All values of a field. @param name in lower case */
export function fieldValues(headers: readonly string[], name: string): string[] {
	return headers.filter((_, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === name);
}

function removeFields(headers: string[], names: readonly string[]): void {
	for (let at = headers.length - 2; at >= 0; at -= 2) {
		if (names.includes((headers[at] as string).toLowerCase())) headers.splice(at, 2);
	}
}

function matchesResponse({ statuses, headers: fields }: ResponseMatcher, status: number, headers: readonly string[]) {
	const range = `${Math.floor(status / 100)}xx`;
	if (statuses.length > 0 && !statuses.some((one) => one === status || one === range)) return false;
	return fields.every(({ name, values }) => {
		const present = fieldValues(headers, name.toLowerCase());
		if (values.length === 0) return present.length === 0;
		return present.some((value) => values.some((pattern) => matchesValue(pattern, value)));
	});
}

/** `*` at the ends of a pattern is a wildcard. */
function matchesValue(pattern: string, value: string): boolean {
	const open = pattern.endsWith('*') && pattern.length > 1;
	const core = pattern.slice(pattern.startsWith('*') ? 1 : 0, open ? -1 : undefined);
	if (pattern.startsWith('*')) return open ? value.includes(core) : value.endsWith(core);
	return open ? value.startsWith(core) : value === core;
}
