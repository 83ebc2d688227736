import { byteStrings } from '../../../bytes/byte-strings.ts';
import { joinBytes } from '../../../bytes/join-bytes.ts';
import { type HttpRequest, header } from './sent-request.ts';

/** Where a connection leads, and what it may do. */
export type Origin = {
	/** `http://host:port`, without a slash. */
	url: string;
	/** False = a redirect may lead where the option `network` does not allow it. */
	followsRedirects: boolean;
	/** Hears what went wrong, as a sentence. */
	log(message: string): void;
	/** Aborted when PHP closes the connection. */
	signal: AbortSignal;
};

/** Takes bytes of the answer; resolves when more are welcome. */
export type Send = (bytes: Uint8Array) => Promise<void>;

/**
 * Headers that are not passed from PHP's request to the browser's, or back. User-Agent: the browser has its own, and
 * another one would cost a preflight request each time. Bodies arrive decoded, so their length differs.
 */
const REQUEST_ONLY_HERE = new Set([
	'user-agent',
	'connection',
	'host',
	'content-length',
	'expect',
	'transfer-encoding',
]);
const RESPONSE_ONLY_THERE = new Set(['content-encoding', 'transfer-encoding', 'connection', 'keep-alive', 'trailer']);
const BODILESS = new Set([204, 205, 304]);
const encoder = new TextEncoder();
const LINE_END = encoder.encode('\r\n');

/**
 * Answers one request by fetch(). What fetch() cannot do is answered as a gateway would: 502, with the reason in the
 * status line, which PHP shows in its warning. Rejects when the answer breaks off.
 */
export async function answerByFetch(
	origin: Origin,
	request: HttpRequest,
	body: Uint8Array<ArrayBuffer> | undefined,
	send: Send,
): Promise<void> {
	const response = await fetchIt(origin, request, body);
	if (typeof response === 'string') {
		origin.log(`${request.method} ${origin.url}${request.target}: ${response}`);
		const text = encoder.encode(`${response}.\n`);
		const head = [
			`HTTP/1.1 502 ${response}`,
			'Content-Type: text/plain; charset=utf-8',
			`Content-Length: ${text.length}`,
			`Connection: ${request.closes ? 'close' : 'keep-alive'}`,
		];
		await send(encoder.encode(`${head.join('\r\n')}\r\n\r\n`));
		if (request.method !== 'HEAD') await send(text);
		return;
	}
	const bodiless = request.method === 'HEAD' || BODILESS.has(response.status);
	// Not needed if the connection ends with the answer, and then PHP passes bytes on as they come.
	const chunked = !bodiless && request.modern && !request.closes;
	await send(headOf(response, request, bodiless, chunked));
	if (bodiless) return;
	for await (const part of response.body ?? []) await send(chunked ? chunkOf(part) : part);
	if (chunked) await send(encoder.encode('0\r\n\r\n'));
}

/** The response, or why there is none: fewer than 100 characters, or PHP cuts its warning. */
async function fetchIt(
	{ url, signal, followsRedirects }: Origin,
	request: HttpRequest,
	body: Uint8Array<ArrayBuffer> | undefined,
): Promise<Response | string> {
	if (!request.target.startsWith('/')) return 'A browser speaks to servers, not to proxies';
	const own = new URL(url);
	const host = header(request.headers, 'host');
	if (host !== '' && URL.parse(`${own.protocol}//${host}`)?.host !== own.host) {
		return `A browser sends no other Host header than ${own.host}`;
	}
	let asked: Request;
	try {
		asked = new Request(url + request.target, {
			method: request.method,
			headers: request.headers.filter(([name]) => !REQUEST_ONLY_HERE.has(name)).map(([name, value]) => [name, value]),
			body: body ?? null,
			redirect: followsRedirects ? 'follow' : 'manual',
			cache: 'no-store',
			credentials: 'omit',
			referrerPolicy: 'no-referrer',
			signal,
		});
	} catch {
		return body !== undefined && /^(GET|HEAD)$/i.test(request.method)
			? `A browser sends no body with ${request.method}`
			: `A browser does not send this ${request.method} request`;
	}
	try {
		const response = await fetch(asked);
		if (response.type === 'opaqueredirect')
			return "Redirected to a place unknown, so option 'network' does not allow it";
		return response;
	} catch (error) {
		if (signal.aborted) throw error;
		return isMixed(asked.url)
			? 'No answer: a page that came by https may not ask http'
			: 'No answer: the host does not let this page read it (CORS), or it cannot be reached';
	}
}

function isMixed(url: string): boolean {
	const { protocol, hostname } = new URL(url);
	return location.protocol === 'https:' && protocol === 'http:' && !/^(localhost|127\..*|\[::1\])$/.test(hostname);
}

function headOf(response: Response, request: HttpRequest, bodiless: boolean, chunked: boolean): Uint8Array {
	const encoded = response.headers.has('content-encoding');
	const fields = [...response.headers].filter(
		([name]) => !RESPONSE_ONLY_THERE.has(name) && (name !== 'content-length' || (bodiless && !encoded)),
	);
	const lines = [
		`HTTP/1.1 ${response.status} ${response.statusText}`.trimEnd(),
		...fields.map(([name, value]) => `${name}: ${value}`),
		...(chunked ? ['transfer-encoding: chunked'] : []),
		`connection: ${request.closes || !(chunked || bodiless) ? 'close' : 'keep-alive'}`,
	];
	const head = `${lines.join('\r\n')}\r\n\r\n`;
	const bytes = new Uint8Array(head.length);
	byteStrings.write(bytes, head, 0);
	return bytes;
}

function chunkOf(part: Uint8Array): Uint8Array {
	return joinBytes([encoder.encode(`${part.length.toString(16)}\r\n`), part, LINE_END]);
}
