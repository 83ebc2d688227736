import { afterAll, beforeAll, expect, test } from 'vitest';
import { Scope } from '../../support/scope.ts';
import { type Peer, startPeer } from './peer.ts';
import { useScripts } from './php-script.ts';

/** Share of one processor that an idle loop may take. */
const MOST_BUSY = 0.15;

let peer: Peer;
beforeAll(async () => {
	peer = await startPeer((socket, line) => line === 'PING' && socket.write('PONG\n'));
});
afterAll(() => peer.close());
const scripts = useScripts();

test('an idle select() loop takes next to no processor time', async () => {
	const loop = (times: number) =>
		scripts().run<number>(
			`$f = stream_socket_client("tcp://127.0.0.1:{$_GET['port']}");
			$start = hrtime(true);
			for ($i = 0; $i < $_GET['times']; $i++) {
				$read = [$f];
				$write = $except = null;
				if (stream_select($read, $write, $except, 0, 100000) !== 0) return -1;
			}
			return (hrtime(true) - $start) / 1e9;`,
			{ port: peer.port, times },
		);
	// The first requests compile: that is not the loop's.
	await loop(3);
	const before = process.cpuUsage();
	const seconds = await loop(30);
	const { user, system } = process.cpuUsage(before);
	expect(seconds).toBeGreaterThanOrEqual(3);
	expect((user + system) / 1e6 / seconds).toBeLessThan(MOST_BUSY);
});

test('a persistent connection is used again by the next request, and replaced when it is dead', async () => {
	const ask = () =>
		scripts().run<string>(
			`$f = pfsockopen('127.0.0.1', (int) $_GET['port'], $errno, $error, 5);
			fwrite($f, "PING\\n");
			return fgets($f);`,
			{ port: peer.port },
		);
	const before = peer.connections.length;
	expect([await ask(), await ask()]).toEqual(['PONG\n', 'PONG\n']);
	expect(peer.connections.length).toBe(before + 1);
	peer.connections.at(-1)?.destroy();
	expect(await ask()).toBe('PONG\n');
	expect(peer.connections.length).toBe(before + 2);
});

test.each([
	'pfsockopen("127.0.0.1", (int) $_GET["port"])',
	'stream_socket_client("tcp://127.0.0.1:{$_GET["port"]}", flags: STREAM_CLIENT_CONNECT | STREAM_CLIENT_PERSISTENT)',
])('a worker keeps it from request to request: %s', async (open) => {
	const worker = `<?php while (frankenphp_handle_request(static function (): void {
		$f = ${open};
		fwrite($f, "PING\\n");
		echo fgets($f), get_resource_type($f);
	}));`;
	await using scope = await Scope.start({ 'worker.php': worker }, { workers: [{ file: 'worker.php', num: 1 }] });
	const ask = () => scope.get(`/worker.php?port=${peer.port}`);
	const before = peer.connections.length;
	for (let i = 0; i < 3; i++) expect(await ask()).toBe('PONG\npersistent stream');
	expect(peer.connections.length).toBe(before + 1);
	peer.connections.at(-1)?.destroy();
	expect(await ask()).toBe('PONG\npersistent stream');
	expect(peer.connections.length).toBe(before + 2);
});
