import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createRawServer } from 'node:net';
import { onTestFinished } from 'vitest';

/** Another server, on a free port or at a path. */
export async function upstream(answer: RequestListener, path?: string): Promise<string> {
	const server = createServer(answer);
	server.on('upgrade', (request: IncomingMessage, socket) => {
		if (request.url === '/refused') socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno');
		else {
			socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Path: ');
			socket.write(`${request.url}\r\n\r\nfirst;`);
			socket.pipe(socket);
		}
	});
	server.listen(path === undefined ? { port: 0, host: '127.0.0.1' } : { path });
	await once(server, 'listening');
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	return path === undefined ? `127.0.0.1:${(server.address() as AddressInfo).port}` : `unix/${path}`;
}

/** An address at which nobody listens. */
export async function nowhere(): Promise<string> {
	const closed = createRawServer().listen(0, '127.0.0.1');
	await once(closed, 'listening');
	const { port } = closed.address() as AddressInfo;
	closed.close();
	return `127.0.0.1:${port}`;
}
