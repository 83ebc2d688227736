import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ListenAddress } from '../../config/values.ts';
import { ListenError } from '../../http/listen-error.ts';
import type { HttpHandler } from './http-handler.ts';

/** An open socket that answers HTTP. */
export interface HttpListener {
	/** Without a final slash; the port that was really taken. */
	readonly url: string;
	/**
	 * Takes no more connections, closes idle ones, waits for the running requests.
	 *
	 * @param timeout milliseconds, after which what still runs is cut off
	 */
	close(timeout: number): Promise<void>;
}

/**
 * Listens on an address.
 *
 * @throws ListenError when the port is taken, the host unknown, …
 */
export async function listenHttp(address: ListenAddress, handler: HttpHandler): Promise<HttpListener> {
	// keepAlive probes off, Nagle off, 16 KiB of headers, 5 s idle, 60 s for a head, 300 s for a body: Node's defaults.
	const server = createServer(handler.handle);
	// By bytes, not by number: more than the 2,000 that Node takes by default would be dropped without a word.
	server.maxHeadersCount = 0;
	const silent = trackSilentSockets(server);
	await new Promise<void>((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) => reject(new ListenError(address, error.code ?? 'unknown')));
		server.listen(address.port, address.host, resolve);
	});
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${port}`,
		close: (timeout) => close(server, silent, timeout),
	};
}

/**
 * Connections that have not sent a request yet, such as those that browsers open in advance. Node counts them as
 * active, not as idle, and would wait a minute for them.
 */
function trackSilentSockets(server: Server): Set<Socket> {
	const silent = new Set<Socket>();
	server.on('connection', (socket: Socket) => {
		silent.add(socket);
		socket.once('close', () => silent.delete(socket));
	});
	server.prependListener('request', ({ socket }) => {
		if (silent.size > 0) silent.delete(socket);
	});
	return silent;
}

function close(server: Server, silent: ReadonlySet<Socket>, timeout: number): Promise<void> {
	return new Promise((resolve) => {
		const deadline = setTimeout(() => server.closeAllConnections(), timeout);
		// A connection becomes idle when its response has been sent; nothing tells us, so look again now and then.
		const sweep = setInterval(() => server.closeIdleConnections(), 20);
		server.close(() => {
			clearTimeout(deadline);
			clearInterval(sweep);
			resolve();
		});
		for (const socket of silent) socket.destroy();
		server.closeIdleConnections();
	});
}
