// A fleet for the benchmark: one NATS server and some of Igor, on loopback.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { start } from './children.mjs';
import { get, startIgor } from './igor.mjs';

/** One server with JetStream and with its monitoring. */
export async function startNats(program) {
	const folder = mkdtempSync(path.join(tmpdir(), 'igor-bench-'));
	const [port, monitoring] = [await freePort(), await freePort()];
	const ports = ['--port', String(port), '--http_port', String(monitoring)];
	const args = ['--jetstream', '--store_dir', folder, '--addr', '127.0.0.1', ...ports];
	// It logs to stderr.
	const server = start('/bin/sh', ['-c', 'exec "$0" "$@" 2>&1', program, ...args]);
	await server.line(/Server is ready/);
	return {
		pid: server.pid,
		port,
		url: `nats://127.0.0.1:${port}`,
		/** What it says about its connections. */
		connections: async () => JSON.parse(await get(`http://127.0.0.1:${monitoring}/connz?limit=1000`)).connections,
		stop: async () => {
			await server.stop();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** A server of the fleet whose NATS is at `url`; `name` is what its sidekicks publish as `server`. */
export function startMember(url, name, ...args) {
	const shared = ['fleet', 'keys-*', 'still-*', 'steady-*'].flatMap((pattern) => ['--sidekick-shared', pattern]);
	return startIgor('--threads', '1', '--env', `SERVER=${name}`, '--cluster', url, ...shared, ...args);
}

/** What stands between a server and NATS, and counts: messages as NATS does, bytes as they are on the wire. */
export async function startMeter(nats) {
	const bytes = { sent: 0, received: 0 };
	let upstream;
	const meter = createServer((client) => {
		upstream = connect(nats.port, '127.0.0.1');
		forward(client, upstream, (length) => {
			bytes.sent += length;
		});
		forward(upstream, client, (length) => {
			bytes.received += length;
		});
	});
	await new Promise((resolve) => meter.listen(0, '127.0.0.1', resolve));
	const connection = async () => (await nats.connections()).find(({ port }) => port === upstream?.localPort);
	return {
		url: `nats://127.0.0.1:${meter.address().port}`,
		/** Until the server has connected through it. */
		connected: () => eventually('a connection of the server to NATS', connection),
		counts: async () => {
			const { in_msgs, out_msgs } = await connection();
			return {
				sent: { messages: in_msgs, bytes: bytes.sent },
				received: { messages: out_msgs, bytes: bytes.received },
			};
		},
		stop: () => meter.close(),
	};
}

function forward(from, to, count) {
	from.setNoDelay(true);
	from.on('data', (data) => {
		count(data.length);
		to.write(data);
	});
	for (const event of ['close', 'error']) from.on(event, () => to.destroy());
}
