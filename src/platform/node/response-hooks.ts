import type { OutgoingHttpHeader, ServerResponse } from 'node:http';
import type { HttpResponse } from './http-messages.ts';

/** What a response begins with. */
export interface ResponseHead {
	status: number;
	/** `undefined` = the usual one; HTTP/2 has none. */
	reason: string | undefined;
	/** Flat: name, value, … */
	headers: string[];
}

type Change = (head: ResponseHead) => void;
type Fields = Record<string, OutgoingHttpHeader | undefined> | readonly unknown[];

const changesOf = new WeakMap<HttpResponse, Change[]>();

/**
 * Calls `change` right before the head of the response is sent; it may change it in place. The one added last runs
 * first. However the head comes about, this sees all of it: explicit, implicit, HTTP/1 or HTTP/2. Informational
 * responses are not meant. When Node refuses the head, and another one is sent instead, `change` is called again.
 * Main thread only.
 */
export function beforeHead(response: HttpResponse, change: Change): void {
	const known = changesOf.get(response);
	if (known !== undefined) {
		known.unshift(change);
		return;
	}
	const changes = [change];
	changesOf.set(response, changes);
	// The two classes agree in everything that is used here.
	const message = response as ServerResponse;
	const original = message.writeHead.bind(message) as (...args: unknown[]) => ServerResponse;
	const isHttp2 = 'stream' in response;
	// Node's own implicit heads come by here, too.
	message.writeHead = ((status: number, second?: unknown, third?: unknown) => {
		if (status < 200 || message.headersSent) return original(status, second, third);
		const given = (typeof second === 'string' ? third : (second ?? third)) as Fields | undefined;
		// HTTP/2 has none, and warns when it is asked.
		const set = isHttp2 ? undefined : message.statusMessage || undefined;
		const reason = typeof second === 'string' ? second : set;
		const head: ResponseHead = { status, reason, headers: takeFields(message, given) };
		for (const each of changes) each(head);
		if (isHttp2 || head.reason === undefined) return original(head.status, head.headers);
		return original(head.status, head.reason, head.headers);
	}) as ServerResponse['writeHead'];
}

/** Everything that was set before, without what the explicit head replaces, and the explicit head. */
function takeFields(message: ServerResponse, given: Fields | undefined): string[] {
	const explicit: string[] = [];
	if (Array.isArray(given)) {
		const flat = Array.isArray(given[0]) ? given.flat() : given;
		for (let at = 0; at + 1 < flat.length; at += 2) add(explicit, String(flat[at]), flat[at + 1]);
	} else if (given !== undefined && given !== null) {
		for (const [name, value] of Object.entries(given)) add(explicit, name, value);
	}
	const names = rawNames(message);
	if (names.length === 0) return explicit;
	const replaced = new Set<string>();
	for (let at = 0; at < explicit.length; at += 2) replaced.add((explicit[at] as string).toLowerCase());
	const fields: string[] = [];
	for (const name of names) {
		if (!replaced.has(name.toLowerCase())) add(fields, name, message.getHeader(name));
		// Or Node would add to the changed fields what they were before.
		message.removeHeader(name);
	}
	for (const text of explicit) fields.push(text);
	return fields;
}

/** As they were written; HTTP/2 knows them in lower case only. */
function rawNames(message: { getHeaderNames(): string[]; getRawHeaderNames?(): string[] }): string[] {
	return message.getRawHeaderNames?.() ?? message.getHeaderNames();
}

function add(list: string[], name: string, value: unknown): void {
	if (Array.isArray(value)) for (const one of value) list.push(name, String(one));
	else list.push(name, String(value));
}
