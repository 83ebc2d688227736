import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';

/** A server of the test on loopback, that PHP connects to. */
export type Peer = { port: number; connections: Socket[]; close(): Promise<void> };

/** @param talk is told of each line that comes in, without its end; and of the connection itself by an empty line */
export async function startPeer(talk: (socket: Socket, line: string) => void, path?: string): Promise<Peer> {
	const connections: Socket[] = [];
	const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
		connections.push(socket);
		socket.on('error', () => {});
		let text = '';
		socket.on('data', (bytes) => {
			const lines = (text + bytes).split('\n');
			text = lines.pop() ?? '';
			for (const line of lines) talk(socket, line);
		});
		socket.on('end', () => talk(socket, 'END'));
		talk(socket, '');
	});
	if (path === undefined) server.listen(0, '127.0.0.1');
	else server.listen(path);
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		connections,
		close: async () => {
			for (const socket of connections) socket.destroy();
			server.close();
			await once(server, 'close');
		},
	};
}
