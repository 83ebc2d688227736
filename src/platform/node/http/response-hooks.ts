import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import type { ResponseHead } from '../../../site/request/site-request.ts';
import type { HttpResponse } from './http-messages.ts';

type Change = (head: ResponseHead) => void;
type GivenHeaders = OutgoingHttpHeaders | OutgoingHttpHeader[] | undefined;

/** Where a response keeps its changes: a WeakMap would cost each request a microsecond. */
const CHANGES = Symbol('changes of the head');
type Hooked = HttpResponse & { [CHANGES]?: Change[] };

/**
 * Calls `change` right before the head of a response is sent; it may change it in place. What was added last runs
 * first. Works for HTTP/1 and HTTP/2, for heads that are written and for those that Node makes up itself at the first
 * write; 1xx heads are left alone. Main thread only.
 */
export function beforeHead(response: HttpResponse, change: Change): void {
	const hooked: Hooked = response;
	const present = hooked[CHANGES];
	if (present !== undefined) present.push(change);
	else {
		const changes = [change];
		hooked[CHANGES] = changes;
		intercept(response, changes);
	}
}

/** Puts a `writeHead` of our own in front of Node's: Node itself calls it for heads that nobody has written. */
function intercept(response: HttpResponse, changes: readonly Change[]): void {
	const send = response.writeHead.bind(response) as (status: number, ...rest: unknown[]) => HttpResponse;
	const writeHead = (status: number, second?: string | GivenHeaders, third?: GivenHeaders): HttpResponse => {
		const reason = typeof second === 'string' ? second : undefined;
		const given = typeof second === 'object' ? second : third;
		if (status < 200) return send(status, given);
		const head: ResponseHead = { status, reason, headers: collect(response, given) };
		for (let at = changes.length - 1; at >= 0; at--) changes[at]?.(head);
		return write(response, send, head);
	};
	response.writeHead = writeHead as typeof response.writeHead;
}

/** The head that a response would have, if it were sent with this; nothing changes. */
export function peekHead(response: HttpResponse, status: number, given: unknown): ResponseHead {
	const latest = flatten(given as GivenHeaders);
	const named = new Set(latest.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()));
	const headers: string[] = [];
	for (const name of namesOf(response)) {
		const value = response.getHeader(name);
		if (value !== undefined && !named.has(name.toLowerCase())) append(headers, name, value);
	}
	return { status, reason: undefined, headers: [...headers, ...latest] };
}

/** What was put before, and what comes with the head: the latter wins, as in Node. Takes the former out. */
function collect(response: HttpResponse, given: GivenHeaders): string[] {
	const latest = flatten(given);
	const before = namesOf(response);
	// As it is for PHP's answers.
	if (before.length === 0) return latest;
	const named = new Set(latest.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()));
	const headers: string[] = [];
	for (const name of before) {
		const value = response.getHeader(name);
		response.removeHeader(name);
		if (value !== undefined && !named.has(name.toLowerCase())) append(headers, name, value);
	}
	headers.push(...latest);
	return headers;
}

/** As they are written in HTTP/1; HTTP/2 knows lower case only. */
function namesOf(response: HttpResponse): string[] {
	return response instanceof Http2ServerResponse
		? response.getHeaderNames()
		: (response as ServerResponse & { getRawHeaderNames(): string[] }).getRawHeaderNames();
}

function flatten(given: GivenHeaders): string[] {
	const flat: string[] = [];
	if (Array.isArray(given)) {
		for (let at = 0; at + 1 < given.length; at += 2) append(flat, String(given[at]), given[at + 1] ?? '');
	} else {
		for (const [name, value] of Object.entries(given ?? {})) if (value !== undefined) append(flat, name, value);
	}
	return flat;
}

function append(flat: string[], name: string, value: OutgoingHttpHeader): void {
	if (Array.isArray(value)) for (const one of value) flat.push(name, one);
	else flat.push(name, String(value));
}

function write(
	response: HttpResponse,
	send: (status: number, ...rest: unknown[]) => HttpResponse,
	{ status, reason, headers }: ResponseHead,
): HttpResponse {
	if (!(response instanceof Http2ServerResponse)) {
		return reason === undefined ? send(status, headers) : send(status, reason, headers);
	}
	// A flat list would keep the last of several fields of one name only.
	const fields = new Map<string, string[]>();
	for (let at = 0; at + 1 < headers.length; at += 2) {
		const name = (headers[at] as string).toLowerCase();
		fields.set(name, [...(fields.get(name) ?? []), headers[at + 1] as string]);
	}
	for (const [name, values] of fields) response.setHeader(name, values.length === 1 ? (values[0] as string) : values);
	return send(status);
}
