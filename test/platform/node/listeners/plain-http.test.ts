import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { ask, open, options, portOf, says, site } from './support.ts';

const SENTENCE = 'Client sent an HTTP request to an HTTPS server.';

/** Everything that comes for what is sent. */
async function speak(port: number, ...packets: string[]): Promise<string> {
	const socket = connect(port, '127.0.0.1');
	let all = '';
	for (const packet of packets) socket.write(packet);
	// Whatever the client has not been able to send any more is no matter of the answer.
	socket.on('error', () => {});
	for await (const chunk of socket.setEncoding('latin1')) all += chunk;
	return all;
}

test('plain HTTP to a port of HTTPS gets a sentence, TLS goes on as ever', async () => {
	const listeners = await open([site('https://desk.localhost:0 {\n}', says('desk'))], options());
	const port = portOf(listeners, 'https');
	expect(await speak(port, 'GET / HTTP/1.1\r\nHost: desk.localhost\r\n\r\n')).toBe(
		`HTTP/1.0 400 Bad Request\r\n\r\n${SENTENCE}\n`,
	);
	const body = 'x'.repeat(1000);
	expect(await speak(port, `POST / HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`)).toContain(SENTENCE);
	const response = await fetch(`http://127.0.0.1:${port}/page`);
	expect([response.status, await response.text()]).toEqual([400, `${SENTENCE}\n`]);
	// What is neither gets nothing.
	expect(await speak(port, 'SSH-2.0-OpenSSH_9.2\r\n')).not.toContain('HTTP');
	expect((await ask({ port, host: 'desk.localhost', serverName: 'desk.localhost' })).text).toBe('desk');
	await listeners.close(20_000);
});
