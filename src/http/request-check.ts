import { isNamed } from './request-headers.ts';

/** Why a request is refused before anybody looks at it: a sentence for the client and for the log. */
export type RequestProblem = { readonly status: 400 | 505; readonly message: string };

/** What a request is checked by. The check completes it: afterwards `target` has no authority, and there is one Host. */
export interface CheckedRequest {
	/** As the client sent it; in HTTP/2 `:path`. */
	target: string;
	/** Flat name, value, …; changed in place. */
	readonly rawHeaders: string[];
	/** 2 only for what really came over HTTP/2. */
	readonly version: { readonly major: number; readonly minor: number };
}

const REG_NAME = "(?:[A-Za-z0-9!$&'()*+,;=._~-]|%[0-9a-fA-F]{2})*";
const IP_LITERAL = '\\[[0-9a-fA-F:.]+(?:%25[A-Za-z0-9._~-]+)?\\]';
/** RFC 3986's host and port, nothing before and nothing behind. */
const HOST = new RegExp(`^(?:${IP_LITERAL}|${REG_NAME})(?::(\\d{0,5}))?$`);
const ABSOLUTE = /^https?:\/\/([^/?#]*)/i;
const HIGH_BYTES = /[\x80-\xff]/g;

/** Nearly all requests name the same host. */
let lastValid = '';

/**
 * Checks and completes the head of a request: which host it is for has to be beyond doubt, or a proxy in front and PHP
 * behind would see different ones; likewise where its body ends. Bytes of UTF-8 in the target become escapes, as
 * browsers send them.
 *
 * @returns `undefined` = all is well
 */
export function checkRequest(request: CheckedRequest): RequestProblem | undefined {
	const { rawHeaders, version } = request;
	const isHttp2 = version.major === 2;
	let host = -1;
	let authority = -1;
	for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
		const name = rawHeaders[at] as string;
		if (name.length === 4 && (name === 'Host' || isNamed(name, 'host'))) {
			if (host >= 0) return refused('There is more than one Host header.');
			host = at;
		} else if (name === ':authority') authority = at;
		else if (name.length === 17 && isNamed(name, 'transfer-encoding')) {
			if (version.minor !== 1) return refused('HTTP/1.0 has no Transfer-Encoding.');
			if (!/^chunked$/i.test(rawHeaders[at + 1] as string)) {
				return refused('The only Transfer-Encoding that is understood is "chunked".');
			}
		}
	}
	if (isHttp2) {
		if (authority < 0 && host < 0) return refused('The request names no host.');
	} else {
		if (version.major !== 1)
			return { status: 505, message: 'The versions that are understood are HTTP/1.0 to HTTP/2.' };
		const absolute = request.target.startsWith('/') ? null : ABSOLUTE.exec(request.target);
		if (host < 0 && version.minor > 0) return refused('There is no Host header.');
		if (absolute !== null) {
			const [start, named = ''] = absolute;
			// RFC 9112, 3.2.2: what the target names wins over the header.
			if (named === '') return refused('The request target names no host.');
			if (host < 0) host = rawHeaders.push('Host', named) - 2;
			else rawHeaders[host + 1] = named;
			const rest = request.target.slice(start.length);
			request.target = rest.startsWith('/') ? rest : `/${rest}`;
		}
	}
	// OPTIONS may ask about the server as a whole: whoever answers decides.
	if (!request.target.startsWith('/') && request.target !== '*') return refused('The request target is no path.');
	if ((host >= 0 && !isValidHost(rawHeaders[host + 1] as string)) || !isValidAuthority(rawHeaders, authority)) {
		return refused('The Host header is malformed.');
	}
	if (hasHighByte(request.target)) request.target = escapeBytes(request.target);
	return undefined;
}

/** A host, perhaps with a port; RFC 9110 allows the empty one, too. */
function isValidHost(host: string): boolean {
	if (host === lastValid) return true;
	const match = HOST.exec(host);
	if (match === null || Number(match[1] ?? 0) > 65_535) return false;
	if (host.length <= 255) lastValid = host;
	return true;
}

function isValidAuthority(rawHeaders: readonly string[], at: number): boolean {
	return at < 0 || isValidHost(rawHeaders[at + 1] as string);
}

/** A loop: for what targets are like, faster than an expression. */
function hasHighByte(bytes: string): boolean {
	for (let at = 0; at < bytes.length; at++) if (bytes.charCodeAt(at) > 0x7f) return true;
	return false;
}

/** `%E9` for the byte E9, as browsers send what is not ASCII. */
export function escapeBytes(bytes: string): string {
	return bytes.replace(HIGH_BYTES, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
}

function refused(message: string): RequestProblem {
	return { status: 400, message };
}
