import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ListenAddress } from '../../../config/values.ts';
import { ListenError } from '../../../http/listen-error.ts';
import type { Logger } from '../../../log/logger.ts';
import { answerClientErrors } from '../listeners/client-errors.ts';
import { Connections } from '../listeners/connections.ts';
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
export async function listenHttp(address: ListenAddress, handler: HttpHandler, log: Logger): Promise<HttpListener> {
	// keepAlive probes off, Nagle off, 16 KiB of headers, 5 s idle, 60 s for a head, 300 s for a body: Node's defaults.
	// The handler itself says what is wrong with a Host.
	const server = createServer({ requireHostHeader: false }, handler.handle);
	// By bytes, not by number: more than the 2,000 that Node takes by default would be dropped without a word.
	server.maxHeadersCount = 0;
	const connections = new Connections(server, false);
	server.prependListener('request', (request, response) => connections.began(request, response));
	answerClientErrors(server, 'connection', log);
	await new Promise<void>((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) => reject(new ListenError(address, error.code ?? 'unknown')));
		server.listen(address.port, address.host, resolve);
	});
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${port}`,
		close: (timeout) => connections.close(timeout),
	};
}
