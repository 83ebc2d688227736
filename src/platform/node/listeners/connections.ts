import type { Server } from 'node:http';
import type { Http2SecureServer, ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { HttpRequest, HttpResponse } from '../http/http-messages.ts';
import type { Upgrades } from './upgrades.ts';

/** How often idle connections are looked for while a server closes, milliseconds. */
const SWEEP = 20;

/**
 * The connections of one server, so that it can end without cutting an answer off: those on which nothing runs are
 * closed at once, the others after their answer, all after a grace period.
 */
export class Connections {
	/**
	 * With TLS: how many requests run on each; those of HTTP/2 count with their session. Without: those that have not sent
	 * a request yet; Node counts them as active, the others it knows itself, at no cost per request.
	 */
	readonly #sockets = new Map<Socket, number>();
	readonly #isSecure: boolean;
	readonly #sessions = new Set<ServerHttp2Session>();
	readonly #raw = new Set<Socket>();
	/** Connections that have not finished their handshake, by the client's address: nothing else says which became which. */
	readonly #handshaking = new Map<string, Socket>();
	readonly #server: Server | Http2SecureServer;
	readonly #upgrades: Upgrades;
	#closed: Promise<void> | undefined;

	constructor(server: Server | Http2SecureServer, isSecure: boolean, upgrades: Upgrades) {
		this.#upgrades = upgrades;
		this.#server = server;
		this.#isSecure = isSecure;
		server.on(isSecure ? 'secureConnection' : 'connection', (socket: Socket) => {
			if (isSecure) this.#handshaking.delete(clientOf(socket));
			if ((socket as TLSSocket).alpnProtocol === 'h2') return;
			this.#sockets.set(socket, 0);
			socket.once('close', () => this.#sockets.delete(socket));
		});
		// Connections that never finish their handshake are among them.
		if (isSecure) {
			server.on('connection', (socket: Socket) => {
				const client = clientOf(socket);
				this.#raw.add(socket);
				this.#handshaking.set(client, socket);
				socket.once('close', () => {
					this.#raw.delete(socket);
					if (this.#handshaking.get(client) === socket) this.#handshaking.delete(client);
				});
			});
		}
		(server as Http2SecureServer).on('session', (session: ServerHttp2Session) => {
			this.#sessions.add(session);
			session.once('close', () => this.#sessions.delete(session));
		});
	}

	/** Notes that a request runs, until its response is closed. */
	began(request: HttpRequest, response: HttpResponse): void {
		if (!this.#isSecure) {
			if (this.#sockets.size > 0) this.#sockets.delete(request.socket);
			return;
		}
		if ('stream' in request) return;
		const { socket } = request;
		this.#sockets.set(socket, (this.#sockets.get(socket) ?? 0) + 1);
		response.once('close', () => {
			const left = this.#sockets.get(socket);
			if (left !== undefined) this.#sockets.set(socket, left - 1);
		});
	}

	/**
	 * Takes no more connections. Resolves when all have ended. May be called again to shorten the grace.
	 *
	 * @param grace milliseconds, after which what still runs is cut off
	 */
	async close(grace: number): Promise<void> {
		const deadline = setTimeout(() => this.#cutOff(), grace);
		this.#closed ??= this.#end();
		await this.#closed;
		clearTimeout(deadline);
	}

	#end(): Promise<void> {
		return new Promise((resolve) => {
			const sweep = setInterval(() => this.#closeIdle(), SWEEP);
			this.#server.close(() => {
				clearInterval(sweep);
				// HTTP/2 servers are closed before their last connection is.
				this.#cutOff();
				resolve();
			});
			for (const session of this.#sessions) session.close();
			this.#upgrades.end();
			this.#closeIdle();
		});
	}

	#closeIdle(): void {
		for (const [socket, running] of this.#sockets) if (running === 0) socket.destroySoon();
		if (!this.#isSecure) (this.#server as Server).closeIdleConnections();
		// Browsers open connections in advance; those may stay silent for minutes.
		for (const socket of this.#handshaking.values()) socket.destroy();
	}

	#cutOff(): void {
		for (const session of this.#sessions) session.destroy();
		for (const socket of [...this.#sockets.keys(), ...this.#raw]) socket.destroy();
		this.#upgrades.cutOff();
		if (!this.#isSecure) (this.#server as Server).closeAllConnections();
	}
}

/** Tells the connections that are open apart. */
export function clientOf({ remoteAddress, remotePort }: Socket): string {
	return `${remoteAddress} ${remotePort}`;
}
