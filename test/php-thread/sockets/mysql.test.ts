import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../../src/config/values.ts';
import { type Peer, startPeer } from './peer.ts';
import { type Scripts, startScripts } from './php-script.ts';

/** A server that has one thing to say, as MySQL says it: an error, by which a test sees who was reached. */
function sayWhere(where: string): Parameters<typeof startPeer>[0] {
	const message = Buffer.concat([Buffer.from([0xff, 0x10, 0x04]), Buffer.from(where)]);
	const packet = Buffer.concat([Buffer.from([message.length, 0, 0, 0]), message]);
	return (socket, line) => line === '' && socket.write(packet);
}

const WAYS = {
	'PDO, a socket': 'return new PDO("mysql:unix_socket={$_GET["socket"]}", "u", "p");',
	'PDO, localhost': 'return new PDO("mysql:host=localhost;port={$_GET["port"]}", "u", "p");',
	'mysqli, a socket': 'return new mysqli("localhost", "u", "p", "", 0, $_GET["socket"]);',
	'mysqli, a socket and a port': 'return new mysqli("localhost", "u", "p", "", $_GET["port"], $_GET["socket"]);',
	'mysqli, localhost': 'return new mysqli("localhost", "u", "p", "", $_GET["port"]);',
	'mysqli, an address and a socket': 'return new mysqli("127.0.0.1", "u", "p", "", $_GET["port"], $_GET["socket"]);',
	'mysqli, the socket of the ini file': `ini_set("mysqli.default_socket", $_GET["socket"]);
		return new mysqli("localhost", "u", "p");`,
};

describe.each(PHP_VERSIONS)('PHP %s', (php) => {
	let scripts: Scripts;
	let bySocket: Peer;
	let byPort: Peer;
	let socket: string;
	beforeAll(async () => {
		scripts = await startScripts({ php });
		socket = join(scripts.files.folder, 'mysql.sock');
		bySocket = await startPeer(sayWhere('by socket'), socket);
		byPort = await startPeer(sayWhere('by port'));
	});
	afterAll(async () => {
		await scripts?.server.close();
		await bySocket?.close();
		await byPort?.close();
		scripts?.files.discard();
	});

	test.each(Object.entries(WAYS))('%s', async (way, code) => {
		const said = await scripts.run<string>(`try { ${code} } catch (Exception $e) { return $e->getMessage(); }`, {
			socket,
			port: byPort.port,
		});
		const socketCounts = way.includes('socket') && !way.includes('address');
		expect(said).toContain(socketCounts ? 'by socket' : 'by port');
	});
});
