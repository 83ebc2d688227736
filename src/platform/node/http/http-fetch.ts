import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { DispatchFunc, InjectOptions } from 'light-my-request';
import { statusHasBody, webStatus } from '../../../http/response-headers.ts';

/** Bodies up to this size (bytes) are announced with a Content-Length, as clients on a socket do. */
const ANNOUNCED_BODY = 64 * 1024;

/** Describe the transport, not the response. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding']);

/**
 * Answers a web `Request` without a socket; both bodies stream. Redirects are not followed, cookies not kept.
 *
 * @param answer what answers requests from sockets, too
 * @throws when the signal of the request aborts, or when the response breaks off before its head
 */
export async function fetchFrom(answer: DispatchFunc, request: Request): Promise<Response> {
	const url = new URL(request.url);
	const headers: Record<string, string> = { host: url.host };
	request.headers.forEach((value, name) => {
		headers[name] = value;
	});
	headers['user-agent'] ??= 'igor';
	const options: InjectOptions & { signal: AbortSignal } = {
		method: request.method as NonNullable<InjectOptions['method']>,
		url: request.url,
		headers,
		payloadAsStream: true,
		signal: request.signal,
		// Its schema knows only the common methods.
		validate: false,
	};
	if (request.body !== null) options.payload = await openBody(request.body, headers);
	// A server that is asked by sockets only never needs it.
	const { default: inject } = await import('light-my-request');
	const injected = await inject(answer, options);
	const body = injected.stream();
	const message = injected.raw.res;
	// The reader of the Response has lost interest, or all was sent: in the first case PHP has to know.
	body.once('close', () => {
		if (!message.writableEnded) message.destroy();
	});
	const hasBody = request.method !== 'HEAD' && statusHasBody(injected.statusCode);
	if (!hasBody) body.resume();
	return new Response(hasBody ? toWebStream(body) : null, {
		status: webStatus(injected.statusCode),
		statusText: injected.statusMessage,
		headers: responseHeaders(injected.headers),
	});
}

/** The body as a Node stream. A small one is read first, because only its end tells how long it is. */
async function openBody(body: ReadableStream<Uint8Array>, headers: Record<string, string>): Promise<Readable> {
	if (headers['content-length'] !== undefined) return Readable.fromWeb(body as NodeReadableStream<Uint8Array>);
	const reader = body.getReader();
	const start: Uint8Array[] = [];
	let length = 0;
	let ended = false;
	while (!ended && length <= ANNOUNCED_BODY) {
		const { done, value } = await reader.read();
		ended = done;
		if (value === undefined) continue;
		start.push(value);
		length += value.byteLength;
	}
	if (ended) headers['content-length'] = String(length);
	else headers['transfer-encoding'] = 'chunked';
	return Readable.from(resume(start, ended ? undefined : reader), { objectMode: false });
}

/** `Readable.toWeb` throws an uncaught error when its reader cancels while data is on its way. */
function toWebStream(body: Readable): ReadableStream<Uint8Array> {
	const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
	return new ReadableStream(
		{
			async pull(controller) {
				const { done, value } = await chunks.next();
				if (done) controller.close();
				else controller.enqueue(value);
			},
			cancel() {
				body.destroy();
			},
		},
		// Read only what is asked for: the buffer of the Node stream is enough.
		{ highWaterMark: 0 },
	);
}

async function* resume(start: Uint8Array[], reader: ReadableStreamDefaultReader<Uint8Array> | undefined) {
	yield* start;
	if (reader === undefined) return;
	for (;;) {
		const { done, value } = await reader.read();
		if (done) return;
		yield value;
	}
}

function responseHeaders(from: Record<string, number | string | string[] | undefined>): Headers {
	const headers = new Headers();
	for (const [name, value] of Object.entries(from)) {
		if (value === undefined || HOP_BY_HOP.has(name)) continue;
		for (const one of Array.isArray(value) ? value : [value]) headers.append(name, String(one));
	}
	return headers;
}
