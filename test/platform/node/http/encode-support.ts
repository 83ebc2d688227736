import type { ServerResponse } from 'node:http';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { encodeResponse } from '../../../../src/platform/node/http/encode-response.ts';
import { directives } from '../../../caddyfile/support.ts';
import { type Answer, type Question, TestServer, type Version } from '../../../static/support/serve.ts';

/** Long enough to be compressed. */
export const LONG = 'a long text that is worth it. '.repeat(100);
/** All encodings, the best first. */
export const ALL = 'encode zstd br gzip';

/** A server whose answers go through `encode`; `line` is that directive. */
export function encoding(
	version: Version,
	line: string,
	handle: (response: ServerResponse) => void,
): Promise<TestServer> {
	const [directive] = directives(line) as Parameters<typeof encodeResponse>[2][];
	return new TestServer(version, (request, response) => {
		encodeResponse(request, response, directive as NonNullable<typeof directive>);
		handle(response as ServerResponse);
	}).open();
}

/** The headers of a client that takes these encodings; undefined = it does not say. */
export function accepting(encodings: string | undefined): Pick<Question, 'headers'> {
	return encodings === undefined ? {} : { headers: { 'accept-encoding': encodings } };
}

/** As text, whatever it was sent as. */
export function decoded({ headers, body }: Answer): string {
	const decode = { gzip: gunzipSync, br: brotliDecompressSync, zstd: zstdDecompressSync };
	const name = headers['content-encoding'] as keyof typeof decode | undefined;
	return (name === undefined ? body : decode[name](body)).toString();
}
