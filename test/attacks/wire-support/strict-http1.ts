/** A response as a strict client reads it. */
export interface StrictResponse {
	readonly status: number;
	readonly reason: string;
	/** Names in lower case. */
	readonly headers: readonly (readonly [name: string, value: string])[];
	readonly body: string;
	/** The connection was closed before the announced end. */
	readonly isBroken: boolean;
}

const STATUS_LINE = /^HTTP\/1\.1 (\d{3}) ([\t\x20-\x7e\x80-\xff]*)$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/;

/**
 * Reads what came over a connection as the responses to requests with these methods, and forgives nothing: no second
 * framing, no bytes between or behind, no field that HTTP does not allow.
 *
 * @param received bytes, until the connection was closed
 * @throws when a strict client would
 */
export function parseStrictly(received: string, methods: readonly string[]): StrictResponse[] {
	const responses: StrictResponse[] = [];
	let rest = received;
	for (const method of methods) {
		if (rest === '') return responses;
		const [response, left] = readResponse(rest, method);
		responses.push(response);
		rest = left;
		if (response.isBroken) break;
	}
	if (rest !== '') throw new Error(`There are bytes behind the last response: ${JSON.stringify(rest.slice(0, 300))}`);
	return responses;
}

function readResponse(text: string, method: string): [StrictResponse, string] {
	const end = text.indexOf('\r\n\r\n');
	if (end < 0) throw new Error(`No complete head: ${JSON.stringify(text.slice(0, 300))}`);
	const [first = '', ...lines] = text.slice(0, end).split('\r\n');
	const match = STATUS_LINE.exec(first);
	if (match === null) throw new Error(`No status line: ${JSON.stringify(first)}`);
	const status = Number(match[1]);
	const headers = lines.map((line) => {
		const field = FIELD.exec(line);
		if (field === null) throw new Error(`No field: ${JSON.stringify(line)}`);
		return [(field[1] as string).toLowerCase(), field[2] as string] as const;
	});
	const rest = text.slice(end + 4);
	if (status === 103) return readResponse(rest, method);
	if (status < 200) throw new Error(`A response with status ${status}`);
	const [body, left, isBroken] = readBody(rest, method, status, headers);
	return [{ status, reason: match[2] as string, headers, body, isBroken }, left];
}

function readBody(
	text: string,
	method: string,
	status: number,
	headers: StrictResponse['headers'],
): [body: string, rest: string, isBroken: boolean] {
	const lengths = headers.filter(([name]) => name === 'content-length').map(([, value]) => value);
	const codings = headers.filter(([name]) => name === 'transfer-encoding').map(([, value]) => value);
	if (lengths.length + codings.length > 1) throw new Error(`More than one framing: ${JSON.stringify(headers)}`);
	if (headers.some(([name]) => name === 'trailer' || name === 'te')) throw new Error('Trailers are announced');
	if (method === 'HEAD' || status === 204 || status === 304) {
		if (status === 204 && lengths.length > 0) throw new Error('A 204 has a Content-Length');
		return ['', text, false];
	}
	if (codings.length > 0) {
		if (codings[0] !== 'chunked') throw new Error(`Transfer-Encoding: ${codings[0]}`);
		return readChunks(text);
	}
	const [length] = lengths;
	// Until the connection ends.
	if (length === undefined) return [text, '', false];
	if (!/^\d+$/.test(length)) throw new Error(`Content-Length: ${length}`);
	return [text.slice(0, Number(length)), text.slice(Number(length)), text.length < Number(length)];
}

function readChunks(text: string): [string, string, boolean] {
	let body = '';
	let rest = text;
	for (;;) {
		const size = /^([0-9a-f]+)\r\n/i.exec(rest);
		if (size === null) {
			if (/^[0-9a-f]*\r?$/i.test(rest)) return [body, '', true];
			throw new Error(`No size of a chunk: ${JSON.stringify(rest.slice(0, 100))}`);
		}
		const length = Number.parseInt(size[1] as string, 16);
		const start = size[0].length;
		if (length === 0) {
			if (!rest.startsWith('\r\n', start)) throw new Error('There are trailers');
			return [body, rest.slice(start + 2), false];
		}
		body += rest.slice(start, start + length);
		const behind = rest.slice(start + length);
		if (behind.length < 2) return [body, '', true];
		if (!behind.startsWith('\r\n')) throw new Error('A chunk is longer than it says');
		rest = behind.slice(2);
	}
}
