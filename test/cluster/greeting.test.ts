import { createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { greetingOf } from '../../src/platform/node/cluster/nats-greeting.ts';

/** Asks a server that does this with each connection. */
async function ask(answer: (socket: Socket) => void): Promise<unknown> {
	const server = createServer((socket) => answer(socket.on('error', () => {})));
	onTestFinished(() => void server.close());
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return greetingOf(`127.0.0.1:${(server.address() as { port: number }).port}`, 10_000);
}

test('a NATS server says whether it wants certificates of clients; what others say is no greeting', async () => {
	expect(await ask((socket) => socket.write('INFO {"tls_required":true,"tls_verify":true} \r\n'))).toEqual({
		tls_verify: true,
	});
	expect(await ask((socket) => socket.write('INFO {"tls_required":true} \r\n'))).toEqual({ tls_verify: false });
	const others = ['HTTP/1.1 400 Bad Request\r\n', 'INFO {broken}\r\n', 'INFO []\r\n', `INFO {${' '.repeat(100_000)}`];
	for (const text of others) expect(await ask((socket) => socket.write(text))).toBeUndefined();
	expect(await ask((socket) => socket.end('INFO {"half'))).toBeUndefined();
	expect(await ask((socket) => socket.destroy())).toBeUndefined();
});
