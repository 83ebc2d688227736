import { byteStrings } from '../../../bytes/byte-strings.ts';
import type { ByteSource } from './byte-source.ts';

/** A request as PHP or curl wrote it. */
export type HttpRequest = {
	method: string;
	/** As in the request line: usually a path with its query. */
	target: string;
	headers: readonly (readonly [name: string, value: string])[];
	/** HTTP/1.1; false = 1.0, which knows no chunks. */
	modern: boolean;
	/** It wants to hear `100 Continue` before it sends its body. */
	expectsContinue: boolean;
	/** The connection ends with the answer. */
	closes: boolean;
};

/** What PHP sent is not an HTTP request. */
export class NotHttpError extends Error {}

const LONGEST_HEAD = 256 * 1024;
const LONGEST_CHUNK_LINE = 4096;
const METHOD = /^[A-Za-z-]{1,24}( |$)/;
const METHOD_BYTES = 24;
const REQUEST_LINE = /^([A-Za-z-]+) (\S+) HTTP\/1\.([01])$/;

/** Reads the next head; undefined = the connection ended in between. @throws NotHttpError */
export async function readHead(source: ByteSource): Promise<HttpRequest | undefined> {
	if (!(await source.more(0))) return undefined;
	// Another protocol is refused at once: its first bytes may never end in an empty line.
	const first = source.peek(METHOD_BYTES);
	if (!METHOD.test(byteStrings.read(first, 0, first.length)))
		throw new NotHttpError('its first bytes are no HTTP request');
	const head = await source.takeUntil('\r\n\r\n', LONGEST_HEAD);
	const [line = '', ...fields] = (head ?? '').split('\r\n');
	const [, method, target, minor] = REQUEST_LINE.exec(line) ?? [];
	if (method === undefined || target === undefined) throw new NotHttpError('what it sent is no HTTP request');
	const headers = fields.flatMap((field) => {
		const colon = field.indexOf(':');
		return colon < 1 ? [] : [[field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()] as const];
	});
	const connection = header(headers, 'connection').toLowerCase();
	return {
		method,
		target,
		headers,
		modern: minor === '1',
		expectsContinue: header(headers, 'expect').toLowerCase() === '100-continue',
		closes: connection === 'close' || (minor === '0' && connection !== 'keep-alive'),
	};
}

/** Reads the body that belongs to a head; undefined = it has none. @throws NotHttpError when it breaks off */
export async function readBody(
	source: ByteSource,
	{ headers }: HttpRequest,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
	if (/\bchunked$/i.test(header(headers, 'transfer-encoding'))) return readChunks(source);
	const length = header(headers, 'content-length');
	if (length === '' || length === '0') return undefined;
	return whole(/^\d+$/.test(length) ? await source.take(Number(length)) : undefined);
}

async function readChunks(source: ByteSource): Promise<Uint8Array<ArrayBuffer>> {
	const chunks: Uint8Array<ArrayBuffer>[] = [];
	for (;;) {
		const line = whole(await source.takeUntil('\r\n', LONGEST_CHUNK_LINE));
		const size = whole(/^[0-9a-f]{1,8}/i.exec(line)?.[0]);
		const length = Number.parseInt(size, 16);
		if (length === 0) break;
		chunks.push(whole(await source.take(length)));
		whole(await source.take(2));
	}
	while (whole(await source.takeUntil('\r\n', LONGEST_CHUNK_LINE)) !== '');
	return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function whole<T>(part: T | undefined): T {
	if (part === undefined) throw new NotHttpError('the body of its request breaks off');
	return part;
}

/** The value of a header; '' = missing. */
export function header(headers: HttpRequest['headers'], wanted: string): string {
	return headers.find(([name]) => name === wanted)?.[1] ?? '';
}
