import type { ServerResponse } from 'node:http';
import type { Transform } from 'node:stream';
import { constants, createBrotliCompress, createGzip, createZstdCompress } from 'node:zlib';
import type { Encoding } from '../../../directives/encode.ts';
import type { AdaptedDirective } from '../../../directives/list.ts';
import { acceptedEncodings } from '../../../http/accept-encoding.ts';
import { describeEncoding, isWorthEncoding, nameLength, varyByEncoding } from '../../../site/content-encoding.ts';
import type { HttpRequest, HttpResponse } from './http-messages.ts';
import { beforeHead } from './response-hooks.ts';

/** Levels of zstd by Caddy's words. */
const ZSTD_LEVELS = { fastest: 1, default: 3, better: 7, best: 11 } as const;
/** Node's own default, 11, takes a hundred times as long as gzip. */
const BROTLI_LEVEL = 4;

/**
 * Compresses the response when the client takes it and the directive's rules allow it. Installed before anything is
 * written. What is written is sent at once, so that a script that flushes is heard. Main thread only.
 */
export function encodeResponse(
	request: HttpRequest,
	response: HttpResponse,
	directive: Extract<AdaptedDirective, { type: 'encode' }>,
): void {
	const encoding = chooseEncoding(request.headers['accept-encoding'], directive.encodings);
	const isHead = request.method === 'HEAD';
	let chosen: Encoding | undefined;
	let wholeLength: number | undefined;
	beforeHead(response, (head) => {
		// There may have been another head, which Node refused.
		chosen = undefined;
		if (wholeLength !== undefined && !isHead) nameLength(head.status, head.headers, wholeLength);
		// It has to vary as the answer does that it stands for.
		if (head.status === 304) varyByEncoding(head.headers);
		if (!isWorthEncoding(head.status, head.headers, directive)) return;
		varyByEncoding(head.headers);
		// The length in the answer to HEAD is that of the file: nothing has been compressed to know another one.
		if (encoding === undefined || isHead) return;
		chosen = encoding;
		describeEncoding(head.headers, encoding.name);
	});
	if (encoding === undefined || isHead) return;
	divert(response, {
		whole: (length) => {
			wholeLength = length;
		},
		open: () => chosen && createEncoder(chosen),
	});
}

function chooseEncoding(accepted: string | string[] | undefined, offered: readonly Encoding[]): Encoding | undefined {
	if (accepted === undefined) return undefined;
	const names = offered.map(({ name }) => name);
	const [best] = acceptedEncodings(String(accepted), names);
	return offered.find(({ name }) => name === best);
}

function createEncoder(encoding: Encoding): Transform {
	switch (encoding.name) {
		case 'gzip':
			return createGzip({ flush: constants.Z_SYNC_FLUSH, ...(encoding.level && { level: encoding.level }) });
		case 'br':
			return createBrotliCompress({
				flush: constants.BROTLI_OPERATION_FLUSH,
				params: { [constants.BROTLI_PARAM_QUALITY]: encoding.level ?? BROTLI_LEVEL },
			});
		case 'zstd':
			return createZstdCompress({
				flush: constants.ZSTD_e_flush,
				params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVELS[encoding.level ?? 'default'] },
			});
	}
}

type Write = (chunk: unknown, ...rest: unknown[]) => boolean;
type End = (...args: unknown[]) => unknown;

interface Diversion {
	/** The body comes in one piece of so many bytes; told before the head is decided. */
	whole(length: number): void;
	/** After the head has been decided; `undefined` = there is no encoder. */
	open(): Transform | undefined;
}

/** Leads what is written through an encoder, once the head has decided that there is one. */
function divert(response: HttpResponse, { whole, open }: Diversion): void {
	const write = response.write.bind(response) as Write;
	const end = response.end.bind(response) as End;
	let decided = false;
	let encoder: Transform | undefined;
	const decide = (): void => {
		if (decided) return;
		if (!response.headersSent) (response as ServerResponse).writeHead(response.statusCode);
		decided = true;
		encoder = open();
		if (encoder !== undefined) connect(encoder, response, write, end);
	};
	const replace = (name: 'write' | 'end', value: Write | End): void => {
		Object.defineProperty(response, name, { value, configurable: true });
	};
	replace('write', (chunk: unknown, ...rest: unknown[]) => {
		decide();
		return encoder === undefined ? write(chunk, ...rest) : (encoder.write.bind(encoder) as Write)(chunk, ...rest);
	});
	replace('end', (...args: unknown[]) => {
		if (!response.headersSent) whole(lengthOf(args));
		decide();
		if (encoder === undefined) return end(...args);
		(encoder.end.bind(encoder) as End)(...args);
		return response;
	});
}

/** Bytes of what `end` was given. */
function lengthOf([chunk, encoding]: readonly unknown[]): number {
	if (typeof chunk === 'string') {
		return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
	}
	return chunk instanceof Uint8Array ? chunk.byteLength : 0;
}

function connect(encoder: Transform, response: HttpResponse, write: Write, end: End): void {
	encoder.on('data', (chunk: Uint8Array) => {
		if (!write(chunk)) encoder.pause();
	});
	response.on('drain', () => encoder.resume());
	// Whoever was told that the encoder is full waits for the response to drain.
	encoder.on('drain', () => response.emit('drain'));
	encoder.on('end', () => end());
	encoder.on('error', () => response.destroy());
	response.on('close', () => encoder.destroy());
}
