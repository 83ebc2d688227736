/** A request as the PHP side needs it. Strings are byte strings, as on the wire. */
export interface WireRequest {
	readonly method: string;
	readonly url: URL;
	/** Flat name, value, …, with the Host. */
	readonly rawHeaders: readonly string[];
	/** Bytes; -1 = not announced. */
	readonly contentLength: number;
	readonly body: ReadableStream<Uint8Array> | undefined;
	readonly signal: AbortSignal;
}

/** Bodies up to this size (bytes) are announced with a Content-Length, as clients on a socket do. */
const ANNOUNCED_BODY = 64 * 1024;

/**
 * Reads a web request.
 *
 * @param init its headers count as they are written here: a `Request` of the browser drops Cookie, Host and others
 */
export async function readRequest(request: Request, init: RequestInit | undefined): Promise<WireRequest> {
	const url = new URL(request.url);
	const headers = new Headers(init?.headers ?? request.headers);
	const type = request.headers.get('content-type');
	if (type !== null && !headers.has('content-type')) headers.set('content-type', type);
	if (!headers.has('host')) headers.set('host', url.host);
	if (!headers.has('user-agent')) headers.set('user-agent', 'igor');
	const body = await openBody(request);
	if (body.length >= 0) headers.set('content-length', String(body.length));
	else if (body.stream !== undefined && !headers.has('content-length')) headers.set('transfer-encoding', 'chunked');
	const announced = headers.get('content-length');
	return {
		method: request.method,
		url,
		rawHeaders: [...headers].flat(),
		contentLength: announced === null ? -1 : Number(announced),
		body: body.stream,
		signal: request.signal,
	};
}

/** The body, and its length if that is known; a small one is read first, because only its end tells how long it is. */
async function openBody(request: Request): Promise<{ stream: ReadableStream<Uint8Array> | undefined; length: number }> {
	if (request.body === null) return { stream: undefined, length: -1 };
	// Not every browser has streams here.
	if (request.body === undefined) {
		const bytes = new Uint8Array(await request.arrayBuffer());
		return bytes.length === 0 ? { stream: undefined, length: -1 } : { stream: streamOf([bytes]), length: bytes.length };
	}
	const reader = request.body.getReader();
	const start: Uint8Array[] = [];
	let length = 0;
	while (length <= ANNOUNCED_BODY) {
		const { done, value } = await reader.read();
		if (done) return { stream: streamOf(start), length };
		start.push(value);
		length += value.byteLength;
	}
	return { stream: streamOf(start, reader), length: -1 };
}

function streamOf(start: Uint8Array[], rest?: ReadableStreamDefaultReader<Uint8Array>): ReadableStream<Uint8Array> {
	return new ReadableStream({
		async pull(controller) {
			const first = start.shift();
			const { done, value } = first === undefined ? ((await rest?.read()) ?? END) : { done: false, value: first };
			if (done || value === undefined) controller.close();
			else controller.enqueue(value);
		},
		cancel: (reason) => rest?.cancel(reason),
	});
}

const END = { done: true, value: undefined };
