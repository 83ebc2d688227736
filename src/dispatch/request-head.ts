import type { ByteStrings } from '../bytes/byte-strings.ts';
import type { PhpRequest } from '../http/php-port.ts';
import { HEAD_CAPACITY } from '../shared-memory/request-slots.ts';

const HAS_BODY = 1;
const HTTPS = 2;
const FIXED_BYTES = 40;

/**
 * Encodes a request's head as wasm/host_imports.h describes it (igor_host_next_request).
 * Returns its length, or -1 when it does not fit HEAD_CAPACITY.
 */
export function encodeRequestHead(
	request: PhpRequest,
	strings: ByteStrings,
	target: Uint8Array,
	view: DataView,
	offset: number,
): number {
	const { rawHeaders, variables = [] } = request;
	// One string and one write: each call into the codec costs more than a concatenation.
	let text = `${request.method}\0${request.requestUri}\0${request.queryString}\0${request.scriptFilename}\0${request.scriptName}\0${request.pathInfo}\0${request.documentRoot}\0${request.serverName}\0${request.serverAddress}\0${request.remoteAddress}\0${request.tlsProtocol}\0${request.tlsCipher}\0`;
	for (let i = 0; i < rawHeaders.length; i++) text += `${rawHeaders[i]}\0`;
	for (let i = 0; i < variables.length; i++) text += `${variables[i]}\0`;
	if (FIXED_BYTES + text.length > HEAD_CAPACITY) return -1;
	view.setUint32(offset, rawHeaders.length >> 1, true);
	view.setUint32(offset + 4, (request.hasBody ? HAS_BODY : 0) | (request.https ? HTTPS : 0), true);
	view.setFloat64(offset + 8, request.contentLength, true);
	view.setFloat64(offset + 16, Date.now() / 1000, true);
	view.setUint32(offset + 24, request.serverPort, true);
	view.setUint32(offset + 28, request.remotePort, true);
	view.setUint32(offset + 32, request.protocol, true);
	view.setUint32(offset + 36, variables.length >> 1, true);
	return FIXED_BYTES + strings.write(target, text, offset + FIXED_BYTES);
}
