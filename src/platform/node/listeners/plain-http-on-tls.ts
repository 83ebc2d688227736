import type { Http2SecureServer } from 'node:http2';
import type { Socket } from 'node:net';
import type { Logger } from '../../../log/logger.ts';
import { clientOf } from './connections.ts';

/** As Go's server says it: who asks in HTTP/1.0 can read it, too. */
const ANSWER = 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n';

/** Tells who speaks plain HTTP to a socket of HTTPS so; Node would close the connection without a word. */
export function answerPlainHttp(server: Http2SecureServer, log: Logger): void {
	/** Connections below their TLS, by the client's address: nothing else says which belongs to which. */
	const beginning = new Map<string, Socket>();
	server.on('connection', (socket: Socket) => {
		const client = clientOf(socket);
		const forget = (): void => {
			if (beginning.get(client) === socket) beginning.delete(client);
		};
		beginning.set(client, socket);
		socket.once('close', forget);
	});
	server.on('secureConnection', (socket: Socket) => beginning.delete(clientOf(socket)));
	server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: Socket) => {
		if (error.code !== 'ERR_SSL_HTTP_REQUEST') return;
		log.info('A request was refused: it is plain HTTP, and this is a port of HTTPS', { remote: socket.remoteAddress });
		// Node closes the connection right after this event: what is written now is on its way by then.
		beginning.get(clientOf(socket))?.write(ANSWER);
	});
}
