import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { offerUpgrade } from '../http/http-upgrade.ts';

/**
 * Hands requests for WebSockets on as all others, with a response that can still become a connection of both sides. Other
 * protocols are not offered: such a request is an ordinary one.
 *
 * @param answer as for the requests of the server
 */
export class Upgrades {
	/** Those that have left HTTP behind. */
	readonly #joined = new Set<Duplex>();
	readonly #all = new Set<Duplex>();

	constructor(server: Server, answer: (request: IncomingMessage, response: ServerResponse) => void) {
		Object.assign(server, {
			shouldUpgradeCallback: asksForWebSocket,
		});
		server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Uint8Array) => {
			this.#all.add(socket);
			socket.once('close', () => {
				this.#all.delete(socket);
				this.#joined.delete(socket);
			});
			socket.on('error', () => socket.destroy());
			if (head.byteLength > 0) socket.unshift(head);
			const response = respondTo(request, socket);
			offerUpgrade(request, {
				join: (headers, upstream, more) => {
					this.#joined.add(socket);
					join(response, socket, headers, upstream, more);
				},
			});
			answer(request, response);
		});
	}

	/** Ends the connections that would never end by themselves: their clients connect again. */
	end(): void {
		for (const socket of this.#joined) socket.destroy();
	}

	/** Ends all of them. */
	cutOff(): void {
		for (const socket of this.#all) socket.destroy();
	}
}

/** Node reads no body of a request that it takes for one; those for WebSockets have none. */
function asksForWebSocket({ method, headers }: IncomingMessage): boolean {
	const hasBody = headers['transfer-encoding'] !== undefined || !/^0*$/.test(headers['content-length'] ?? '');
	return method === 'GET' && !hasBody && /^websocket$/i.test(headers.upgrade ?? '');
}

/** The response that Node makes for all other requests. */
function respondTo(request: IncomingMessage, socket: Socket): ServerResponse {
	const response = new ServerResponse(request);
	response.shouldKeepAlive = false;
	response.assignSocket(socket);
	response.once('finish', () => {
		response.detachSocket(socket);
		// Nobody else would ever close it for a client that does not.
		socket.destroySoon();
		process.nextTick(closed, response);
	});
	return response;
}

function closed(response: ServerResponse): void {
	response.destroyed = true;
	response.emit('close');
}

function join(
	response: ServerResponse,
	socket: Socket,
	headers: readonly string[],
	upstream: Duplex,
	head: Uint8Array,
): void {
	upstream.on('error', () => upstream.destroy());
	if (socket.destroyed) {
		upstream.destroy();
		return;
	}
	response.writeHead(101, headers as string[]);
	response.flushHeaders();
	response.detachSocket(socket);
	if (head.byteLength > 0) socket.write(head);
	socket.pipe(upstream);
	upstream.pipe(socket);
	upstream.once('close', () => socket.destroy());
	socket.once('close', () => {
		upstream.destroy();
		closed(response);
	});
}
