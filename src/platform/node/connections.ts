import type { Server } from 'node:http';
import type { Http2SecureServer, ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { HttpRequest, HttpResponse } from './http-messages.ts';

/** How often idle connections are looked for while a server closes, milliseconds. */
const SWEEP = 20;

/**
 * The connections of one server, so that it can end without cutting an answer off: those on which nothing runs are
 * closed at once, the others after their answer, all after a grace period.
 */
export class Connections {
	/** How many requests run on each; those of HTTP/2 count with their session. */
	readonly #sockets = new Map<Socket, number>();
	readonly #sessions = new Set<ServerHttp2Session>();
	readonly #server: Server | Http2SecureServer;

	constructor(server: Server | Http2SecureServer, isSecure: boolean) {
		this.#server = server;
		server.on(isSecure ? 'secureConnection' : 'connection', (socket: Socket) => {
			if ((socket as TLSSocket).alpnProtocol === 'h2') return;
			this.#sockets.set(socket, 0);
			socket.once('close', () => this.#sockets.delete(socket));
		});
		// Connections that never finish their handshake are among them.
		if (isSecure) {
			server.on('connection', (socket: Socket) => {
				this.#raw.add(socket);
				socket.once('close', () => this.#raw.delete(socket));
			});
		}
		(server as Http2SecureServer).on('session', (session: ServerHttp2Session) => {
			this.#sessions.add(session);
			session.once('close', () => this.#sessions.delete(session));
		});
	}

	readonly #raw = new Set<Socket>();

	/** Notes that a request runs, until its response is closed. */
	began(request: HttpRequest, response: HttpResponse): void {
		if ('stream' in request) return;
		const { socket } = request;
		this.#sockets.set(socket, (this.#sockets.get(socket) ?? 0) + 1);
		response.once('close', () => {
			const left = this.#sockets.get(socket);
			if (left !== undefined) this.#sockets.set(socket, left - 1);
		});
	}

	/**
	 * Takes no more connections. Resolves when all have ended.
	 *
	 * @param grace milliseconds, after which what still runs is cut off
	 */
	close(grace: number): Promise<void> {
		return new Promise((resolve) => {
			const deadline = setTimeout(() => this.#cutOff(), grace);
			const sweep = setInterval(() => this.#closeIdle(), SWEEP);
			this.#server.close(() => {
				clearTimeout(deadline);
				clearInterval(sweep);
				// HTTP/2 servers are closed before their last connection is.
				this.#cutOff();
				resolve();
			});
			for (const session of this.#sessions) session.close();
			this.#closeIdle();
		});
	}

	#closeIdle(): void {
		for (const [socket, running] of this.#sockets) if (running === 0) socket.destroySoon();
	}

	#cutOff(): void {
		for (const session of this.#sessions) session.destroy();
		for (const socket of [...this.#sockets.keys(), ...this.#raw]) socket.destroy();
	}
}
