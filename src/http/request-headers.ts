import { fromByteString } from '../bytes/byte-string.ts';

/** What the server itself needs to know from a request's headers. */
export interface RequestFacts {
	/** '' when there is none. */
	host: string;
	/** Bytes; -1 = not announced. */
	contentLength: number;
	hasBody: boolean;
}

/**
 * Reads the few headers that matter here from the flat list, into `facts` (which the caller reuses: no allocation per
 * request, and Node need not build its header object).
 */
export function readRequestHeaders(rawHeaders: readonly string[], facts: RequestFacts): void {
	facts.host = '';
	facts.contentLength = -1;
	facts.hasBody = false;
	let chunked = false;
	for (let at = 0; at < rawHeaders.length; at += 2) {
		const name = rawHeaders[at]!;
		// By length first: hardly any other header has one of these lengths.
		switch (name.length) {
			case 4:
				if (facts.host === '' && isNamed(name, 'host')) facts.host = rawHeaders[at + 1]!;
				break;
			case 10:
				// HTTP/2 has no Host.
				if (name === ':authority') facts.host = rawHeaders[at + 1]!;
				break;
			case 14:
				if (isNamed(name, 'content-length')) facts.contentLength = Number(rawHeaders[at + 1]);
				break;
			case 17:
				if (isNamed(name, 'transfer-encoding')) chunked = true;
				break;
		}
	}
	if (chunked) facts.contentLength = -1;
	facts.hasBody = chunked || facts.contentLength > 0;
}

/** Whether a header's name is `lowerCase`, however it is spelled. */
export function isNamed(name: string, lowerCase: string): boolean {
	// By length before a lower-case copy is made: it settles nearly all.
	return name === lowerCase || (name.length === lowerCase.length && name.toLowerCase() === lowerCase);
}

/** The headers of an HTTP/2 request as those of HTTP/1: without its own fields, `:authority` is Host. */
export function asHttp1Headers(rawHeaders: readonly string[]): string[] {
	const headers: string[] = [];
	let authority: string | undefined;
	for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
		const name = rawHeaders[at]!;
		if (name === ':authority') authority = rawHeaders[at + 1];
		else if (!name.startsWith(':') && (name !== 'host' || authority === undefined))
			headers.push(name, rawHeaders[at + 1]!);
	}
	return authority === undefined ? headers : ['host', authority, ...headers];
}

/** All values of a field, as text. @param name in lower case */
export function headerValues(rawHeaders: readonly string[], name: string): string[] {
	const values: string[] = [];
	for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
		const field = rawHeaders[at]!;
		if (field.length === name.length && isNamed(field, name)) values.push(fromByteString(rawHeaders[at + 1]!));
	}
	return values;
}

/** The host that a request names, with its port if one was written; '' = none. */
export function hostNamed(rawHeaders: readonly string[]): string {
	return headerValues(rawHeaders, ':authority')[0] ?? headerValues(rawHeaders, 'host')[0] ?? '';
}
