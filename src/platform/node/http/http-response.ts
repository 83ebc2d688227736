import type { ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import type { Socket } from 'node:net';
import { webStatus } from '../../../http/response-headers.ts';
import type { HttpResponse } from './http-messages.ts';

// Codes of RST_STREAM.
const NO_ERROR = 0;
const INTERNAL_ERROR = 2;
/** What HTTP/2 has no use for: the connection is not the message's business there. */
const CONNECTION_FIELDS = new Set([
	...['connection', 'http2-settings', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade'],
]);

/** Nobody is there any more to send anything to. */
export function isGone(response: HttpResponse): boolean {
	return response instanceof Http2ServerResponse ? isStreamGone(response) : response.destroyed;
}

/** Cuts the response off, so that the client sees that it is incomplete. */
export function cutOff(response: HttpResponse): void {
	if (response instanceof Http2ServerResponse) response.stream?.close(INTERNAL_ERROR);
	else {
		onTurn(response, (socket) => socket.destroy());
		response.destroy();
	}
}

/**
 * A response that waits for its turn on the connection has no socket yet. Node gives it one even when it is destroyed,
 * and would wait for its end for ever.
 */
function onTurn(response: ServerResponse, end: (socket: Socket) => void): void {
	if (response.socket === null) response.once('socket', end);
}

/** Sends what there is of the body, then cuts the response off: it ends before the length that its head announced. */
export function breakOff(response: HttpResponse, rest?: Uint8Array): void {
	const { socket } = response;
	if (!(response instanceof Http2ServerResponse)) {
		if (rest !== undefined) response.write(rest);
		else response.flushHeaders();
		// After what is on its way.
		onTurn(response, (later) => process.nextTick(() => later.destroySoon()));
		if (socket === null || !('destroySoon' in socket)) response.destroy();
		else socket.destroySoon();
	} else if (rest === undefined) response.write('', () => cutOff(response));
	else response.write(rest, () => cutOff(response));
}

/** The client may stop sending its body when it has the response: HTTP/2 can say so, HTTP/1 reads and forgets. */
export function endUpload(response: HttpResponse): void {
	if (!(response instanceof Http2ServerResponse)) return;
	const { stream } = response;
	stream?.once('finish', () => stream.close(NO_ERROR));
}

/**
 * Writes the head of a response. HTTP/2 gets neither a reason nor fields about the connection,
 * and Node holds it to the numbers that there are.
 *
 * @param headers flat: name, value, …
 * @throws when HTTP does not allow it, such as a control character in a value; nothing has been sent then
 */
export function writeHead(
	response: HttpResponse,
	status: number,
	reason: string | undefined,
	headers: readonly string[],
): void {
	if (status < 200 || status > 999) throw new RangeError(`${status} is no status of a response`);
	if (response instanceof Http2ServerResponse) {
		response.writeHead(webStatus(status), withoutConnection(headers) as unknown as Record<string, string>);
	} else if (reason === undefined) response.writeHead(status, headers as string[]);
	else response.writeHead(status, reason, headers as string[]);
}

/** Sends the head now, without waiting for the body. */
export function flushHead(response: HttpResponse): void {
	if (!isGone(response)) (response as ServerResponse).flushHeaders();
}

/** Puts fields where `writeHead` and everything else that answers finds them. */
export function putHeaders(response: HttpResponse, headers: readonly string[] | undefined): void {
	if (headers === undefined) return;
	for (let at = 0; at + 1 < headers.length; at += 2) {
		(response as ServerResponse).appendHeader(headers[at] as string, headers[at + 1] as string);
	}
}

/** Takes away everything that has been put and not been sent. */
export function clearHeaders(response: HttpResponse): void {
	for (const name of response.getHeaderNames()) response.removeHeader(name);
	// It would be that of the head which could not be sent. HTTP/2 has none, and warns of who asks.
	if (!(response instanceof Http2ServerResponse)) response.statusMessage = '';
}

function withoutConnection(headers: readonly string[]): string[] {
	const kept: string[] = [];
	for (let at = 0; at + 1 < headers.length; at += 2) {
		const name = headers[at] as string;
		if (!CONNECTION_FIELDS.has(name.toLowerCase())) kept.push(name, headers[at + 1] as string);
	}
	return kept;
}

function isStreamGone({ stream }: Http2ServerResponse): boolean {
	return !stream || stream.destroyed || stream.closed;
}
