import { isNamed } from './request-headers.ts';

/** Whether a response with this status may have a body (RFC 9110: 6.4.1, and 15.3.6 for 205). */
export function statusHasBody(status: number): boolean {
	return status >= 200 && status !== 204 && status !== 205 && status !== 304;
}

/** A status as a web `Response` can have it: RFC 9110 knows five classes, HTTP/1 can carry more numbers. */
export function webStatus(status: number): number {
	return status <= 599 ? status : 500;
}

/** Fields that a response has once: what answers knows better than the configuration. */
const SINGLE = new Set(['content-type', 'content-length', 'content-range', 'location', 'etag', 'last-modified']);

/**
 * Puts the fields that the configuration has set before those of an answer. Both stay, as in Caddy, except where a second
 * one would make no sense.
 *
 * @returns a list of its own, unless there is nothing to put before
 */
export function withEarlyHeaders(early: readonly string[] | undefined, headers: string[]): string[] {
	if (early === undefined || early.length === 0) return headers;
	const merged: string[] = [];
	for (let at = 0; at + 1 < early.length; at += 2) {
		const name = early[at] as string;
		const lower = name.toLowerCase();
		if (SINGLE.has(lower) && headers.some((other, place) => place % 2 === 0 && isNamed(other, lower))) continue;
		merged.push(name, early[at + 1] as string);
	}
	return merged.concat(headers);
}

/** Where a PHP response names a file to send in its place (`X-Accel-Redirect`, `X-Sendfile`), or -1. */
export function sendfileHeader(headers: readonly string[]): number {
	for (let at = 0; at < headers.length; at += 2) {
		const name = headers[at]!;
		if (name.length === 16 ? isNamed(name, 'x-accel-redirect') : name.length === 10 && isNamed(name, 'x-sendfile')) {
			return at;
		}
	}
	return -1;
}
