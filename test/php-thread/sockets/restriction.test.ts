import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseNetwork } from '../../../src/config/network-rules.ts';
import { type Peer, startPeer } from './peer.ts';
import { type Scripts, startScripts } from './php-script.ts';

let allowed: Peer;
let other: Peer;
let restricted: Scripts;
let off: Scripts;
beforeAll(async () => {
	allowed = await startPeer((socket, line) => line === '' && socket.write('welcome\n'));
	other = await startPeer(() => {});
	restricted = await startScripts({ network: [`localhost:${allowed.port}`] });
	off = await startScripts({ network: 'off' });
});
afterAll(async () => {
	for (const { server, files } of [restricted, off]) {
		await server.close();
		files.discard();
	}
	await allowed.close();
	await other.close();
});

const CONNECT = `$f = stream_socket_client("tcp://{$_GET['to']}", $errno, $error, 5);
	return $f ? fgets($f) : $GLOBALS['warnings'][0];`;

describe('the option network', () => {
	test('lets PHP connect to what is allowed by name, and to nothing else', async () => {
		expect(await restricted.run(CONNECT, { to: `localhost:${allowed.port}` })).toBe('welcome\n');
		expect(await restricted.run(CONNECT, { to: `127.0.0.1:${other.port}` })).toContain(
			"not allowed by option 'network'",
		);
		expect(other.connections).toEqual([]);
	});

	test('off: nothing is reached, and the warning says why', async () => {
		expect(await off.run(CONNECT, { to: `127.0.0.1:${allowed.port}` })).toBe(
			`stream_socket_client(): Unable to connect to tcp://127.0.0.1:${allowed.port} (not allowed by option 'network')`,
		);
	});

	test.each(['example.com:80', 'localhost:80', '[::1]:80', '127.1:80'])('off: the same for %s', async (to) => {
		expect(await off.run(CONNECT, { to })).toBe(
			`stream_socket_client(): Unable to connect to tcp://${to} (not allowed by option 'network')`,
		);
	});

	test('takes HOST:PORT with wildcards and addresses in brackets, and refuses the rest', () => {
		expect(parseNetwork(['*:443', 'Redis:*', '[::1]:6379']).connect).toEqual([
			{ host: undefined, port: 443 },
			{ host: 'redis', port: undefined },
			{ host: '::1', port: 6379 },
		]);
		for (const wrong of ['redis', 'redis:0', 'redis:99999', ':80', '::1:80']) {
			expect(() => parseNetwork([wrong])).toThrow('write HOST:PORT');
		}
	});
});
