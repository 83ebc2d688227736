import type { TLSSocket } from 'node:tls';
import { bytesToText } from '../../../bytes/byte-string.ts';
import { isNamed } from '../../../http/request-headers.ts';
import type { ConnectionFacts, TlsFacts } from '../../../http/site/request-view.ts';
import type { HttpRequest } from './http-messages.ts';

/** All values of a field, as text. @param name in lower case */
export function headerValues({ rawHeaders }: HttpRequest, name: string): string[] {
	const values: string[] = [];
	for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
		const field = rawHeaders[at] as string;
		if (field.length === name.length && isNamed(field, name)) values.push(textOf(rawHeaders[at + 1] as string));
	}
	return values;
}

/** The host that was asked for, with its port if one was written; '' = none. */
export function hostOf(request: HttpRequest): string {
	return headerValues(request, ':authority')[0] ?? headerValues(request, 'host')[0] ?? '';
}

/** The connection that a request came by. */
export function connectionOf({ socket }: HttpRequest): ConnectionFacts {
	// What server.fetch() pretends to have is not quite a socket.
	return {
		localAddress: plainAddress(socket?.localAddress),
		localPort: socket?.localPort ?? 0,
		remoteAddress: plainAddress(socket?.remoteAddress),
		remotePort: socket?.remotePort ?? 0,
		tls: (socket as TLSSocket | undefined)?.encrypted === true ? tlsOf(socket as TLSSocket) : undefined,
	};
}

/** A request with the same headers that asks for a file: the answer to a POST may be one, too. */
export function asGet(request: HttpRequest): HttpRequest {
	if (request.method === 'GET' || request.method === 'HEAD') return request;
	return Object.create(request, { method: { value: 'GET' } }) as HttpRequest;
}

/** Bytes as Node gives them, read as UTF-8. */
export function textOf(bytes: string): string {
	return /^[\x20-\x7e]*$/.test(bytes) ? bytes : bytesToText(Buffer.from(bytes, 'latin1'));
}

function tlsOf(socket: TLSSocket): TlsFacts {
	return {
		version: (socket.getProtocol() ?? '').toLowerCase().replace(/^tlsv(1(?:\.\d)?)$/, 'tls$1'),
		cipher: socket.getCipher()?.standardName ?? '',
		protocol: socket.alpnProtocol || '',
		serverName: typeof socket.servername === 'string' ? socket.servername : '',
		resumed: socket.isSessionReused(),
	};
}

function plainAddress(address: string | undefined): string {
	return (address ?? '127.0.0.1').replace(/^::ffff:(?=\d+\.)/, '');
}
