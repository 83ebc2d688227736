import type { TLSSocket } from 'node:tls';
import { hostNamed } from '../../../http/request-headers.ts';
import type { TlsNames } from '../../../site/request/php-caller.ts';
import type { ConnectionFacts, TlsFacts } from '../../../site/values/request-view.ts';
import type { HttpRequest } from './http-messages.ts';

/** The host that was asked for, with its port if one was written; '' = none. */
export function hostOf({ rawHeaders }: HttpRequest): string {
	return hostNamed(rawHeaders);
}

/** HTTP/2 bodies need not be announced, but the head says whether it is all. */
export function hasUnannouncedBody(request: HttpRequest): boolean {
	return 'stream' in request && !request.stream.endAfterHeaders;
}

/** Who has logged in, for the requests that run. */
const users = new WeakMap<HttpRequest, string>();

/** Makes the access log name the user of a request. */
export function noteUser(request: HttpRequest, user: string): void {
	users.set(request, user);
}

/** Who was noted; '' = nobody. */
export function userOf(request: HttpRequest): string {
	return users.get(request) ?? '';
}

/** Those that no access log wants. */
const skipped = new WeakSet<HttpRequest>();

/** Makes the access log say nothing of a request. */
export function skipLog(request: HttpRequest): void {
	skipped.add(request);
}

/** Whether skipLog() was called. */
export function isSkipped(request: HttpRequest): boolean {
	return skipped.has(request);
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

const NO_TLS: TlsNames = { protocol: '', cipher: '' };
const knownTls = new WeakMap<object, TlsNames>();

/** TLS of a request, as PHP names it: the same for every request of a connection. */
export function tlsNamesOf(request: HttpRequest): TlsNames {
	const socket = request.socket as TLSSocket | undefined;
	if (socket?.encrypted !== true) return NO_TLS;
	const connection = 'stream' in request ? (request.stream.session ?? socket) : socket;
	let names = knownTls.get(connection);
	if (names === undefined) {
		names = { protocol: socket.getProtocol() ?? '', cipher: socket.getCipher()?.standardName ?? '' };
		knownTls.set(connection, names);
	}
	return names;
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
