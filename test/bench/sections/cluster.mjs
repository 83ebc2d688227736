import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { run, start, which } from '../children.mjs';
import { get, startIgor } from '../igor.mjs';
import { interleave, median, medianRatio, percentile } from '../statistics.mjs';

const ROUNDS = 5;
const PUBLICATIONS = 400;
const CALLS = 1_000_000;
/** Milliseconds; many times any takeover. */
const SHOWN_LIMIT = 60_000;
const TAKEOVERS = 3;
/** The default of a fleet's lease, milliseconds. */
const LEASE = 5000;
const messages = fileURLToPath(new URL('../programs/nats-messages.mjs', import.meta.url));

/** A fleet of two servers and one NATS server, on loopback. */
export async function cluster() {
	const program = which('nats-server');
	if (program === undefined) return { notes: ['a fleet: nats-server is not installed'], rows: [] };
	const nats = await startNats(program);
	try {
		const [a, b, alone] = [
			await startMember(nats, 'a'),
			await startMember(nats, 'b'),
			await startIgor('--threads', '1'),
		];
		const rows = [...(await publications(nats, a, b)), await hotRead(a, b, alone)];
		for (const server of [a, b, alone]) await server.stop();
		rows.push(await takeover(nats, 'SIGKILL', LEASE + 1000), await takeover(nats, 'SIGTERM', 300));
		return { rows };
	} finally {
		await nats.stop();
	}
}

/** From set_vars() on one server to another server's PHP. */
async function publications(nats, a, b) {
	await get(`${a.url}/fleet.php`);
	const measure = {
		ours: async () => JSON.parse(await get(`${b.url}/fleet.php?count=${PUBLICATIONS}`)),
		theirs: async () => JSON.parse(await run(process.execPath, [messages, nats.url, String(PUBLICATIONS)])),
	};
	await measure.ours();
	const figures = await interleave(ROUNDS, measure);
	return [
		['p50', 0.5],
		['p99', 0.99],
	].map(([label, share]) => {
		const [ours, theirs] = [figures.ours, figures.theirs].map((each) => percentile(each.flat(), share));
		return {
			what: `fleet: published on A, visible on B, ${label} / plain NATS message`,
			ratio: ours / theirs,
			ours: `${ours.toFixed(3)} ms`,
			theirs: `${theirs.toFixed(3)} ms`,
			target: { ratio: true, most: 1.5 },
		};
	});
}

async function hotRead(a, b, alone) {
	const read = (server) => async () => Number(await get(`${server.url}/get-vars.php?keys=2&calls=${CALLS}`));
	// A holds it, B follows.
	for (const server of [a, b, alone]) await read(server)();
	const figures = await interleave(ROUNDS, { ours: read(b), theirs: read(alone) });
	return {
		what: 'fleet: hot get_vars() on B, 2 keys / without a fleet',
		ratio: medianRatio(figures.ours, figures.theirs),
		ours: `${median(figures.ours).toFixed(0)} ns`,
		theirs: `${median(figures.theirs).toFixed(0)} ns`,
		target: { ratio: true, most: 1.05 },
	};
}

/** Until a server shows what the sidekick of that holder has published. */
async function untilShown(server, holder) {
	const end = performance.now() + SHOWN_LIMIT;
	while ((await get(`${server.url}/fleet.php`)) !== holder) {
		if (performance.now() > end) throw new Error(`${server.url} does not show what ${holder} publishes.`);
		await sleep(5);
	}
}

/** From the signal to the holder until another server shows what its own sidekick has published. */
async function takeover(nats, signal, most) {
	const times = [];
	for (let round = 0; round < TAKEOVERS; round++) {
		const [a, b] = [await startMember(nats, 'a'), await startMember(nats, 'b')];
		for (const server of [a, b]) {
			await untilShown(server, 'a');
		}
		const from = performance.now();
		process.kill(a.pid, signal);
		await untilShown(b, 'b');
		times.push(performance.now() - from);
		for (const server of [b, a]) await server.stop();
	}
	const time = median(times);
	return {
		what: `fleet: takeover after ${signal} / lease`,
		ratio: time / LEASE,
		ours: `${time.toFixed(0)} ms`,
		theirs: `${LEASE} ms`,
		target: { most, value: time, unit: 'ms' },
	};
}

function startMember(nats, name) {
	const fleet = ['--cluster', nats.url, '--sidekick-shared', 'fleet', '--sidekick-shared', 'keys-*'];
	return startIgor('--threads', '1', '--env', `SERVER=${name}`, ...fleet);
}

async function startNats(program) {
	const folder = mkdtempSync(path.join(tmpdir(), 'igor-bench-'));
	const port = await freePort();
	const args = ['--jetstream', '--store_dir', folder, '--addr', '127.0.0.1', '--port', String(port)];
	// It logs to stderr.
	const server = start('/bin/sh', ['-c', 'exec "$0" "$@" 2>&1', program, ...args]);
	await server.line(/Server is ready/);
	return {
		url: `nats://127.0.0.1:${port}`,
		stop: async () => {
			await server.stop();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

function freePort() {
	return new Promise((resolve, reject) => {
		const server = createServer().once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}
