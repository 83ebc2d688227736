import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../support/free-port.ts';
import { run, start, which } from '../children.mjs';
import { startMember, startNats } from '../fleet.mjs';
import { get, startIgor } from '../igor.mjs';
import { interleave, median, medianRatio, percentile } from '../statistics.mjs';
import { clusterCost } from './cluster-cost.mjs';

const ROUNDS = 5;
const PUBLICATIONS = 400;
const CALLS = 1_000_000;
/** Milliseconds; many times any takeover. */
const SHOWN_LIMIT = 60_000;
const TAKEOVERS = 3;
/** The default of a fleet's lease, milliseconds. */
const LEASE = 5000;
const messages = fileURLToPath(new URL('../programs/nats-messages.mjs', import.meta.url));
const native = fileURLToPath(new URL('../native/redis-publish.php', import.meta.url));

/** A fleet with one NATS server, on loopback. */
export async function cluster() {
	const program = which('nats-server');
	if (program === undefined) return { rows: [{ what: 'fleet / NATS', missing: true }] };
	const rows = [...(await speed(program)), ...(await clusterCost(program))];
	return { rows };
}

async function speed(program) {
	const nats = await startNats(program);
	try {
		const [a, b, alone] = [
			await startMember(nats.url, 'a'),
			await startMember(nats.url, 'b'),
			await startIgor('--threads', '1'),
		];
		// First, as from then on something is published all the time.
		const hot = await hotRead(a, b, alone);
		const rows = [...(await publications(nats, a, b)), hot];
		for (const server of [a, b, alone]) await server.stop();
		rows.push(await takeover(nats, 'SIGKILL', LEASE + 1000), await takeover(nats, 'SIGTERM', 300));
		return rows;
	} finally {
		await nats.stop();
	}
}

/** From set_vars() on one server to another server's PHP. */
async function publications(nats, a, b) {
	await get(`${a.url}/fleet.php`);
	const redis = await startRedis();
	const measure = {
		ours: async () => JSON.parse(await get(`${b.url}/fleet.php?count=${PUBLICATIONS}`)),
		plain: async () => JSON.parse(await run(process.execPath, [messages, nats.url, String(PUBLICATIONS)])),
		kept: async () => JSON.parse(await run(process.execPath, [messages, nats.url, String(PUBLICATIONS), 'kept'])),
		...(redis && { redis: redis.measure }),
	};
	await measure.ours();
	const figures = await interleave(ROUNDS, measure);
	await redis?.stop();
	const row = (label, share, other, name) => {
		const [ours, theirs] = [figures.ours, figures[other]].map((each) => each && percentile(each.flat(), share));
		return {
			what: `fleet: published on A, visible on B, ${label} / ${name}`,
			missing: theirs === undefined,
			ratio: theirs && ours / theirs,
			ours: milliseconds(ours),
			theirs: theirs && milliseconds(theirs),
			...(other === 'plain' && { target: { ratio: true, most: 1.5 } }),
		};
	};
	return [
		['plain', 'plain NATS message'],
		['kept', 'NATS JetStream alone'],
		['redis', 'Redis pub/sub, native PHP'],
	].flatMap((other) => [row('p50', 0.5, ...other), row('p99', 0.99, ...other)]);
}

/** Undefined without Redis, native PHP or Predis. */
async function startRedis() {
	const [php, program] = [which('php'), which('redis-server')];
	if (!php || !program) return undefined;
	const predis = await run(php, ['-r', 'echo stream_resolve_include_path("Predis/autoload.php") !== false;']);
	if (predis !== '1') return undefined;
	const port = String(await freePort());
	const server = start(program, ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']);
	await server.line(/Ready to accept connections/);
	return {
		measure: async () => {
			const publisher = start(php, [native, 'publisher', port]);
			try {
				return JSON.parse(await run(php, [native, 'subscriber', port, String(PUBLICATIONS)]));
			} finally {
				await publisher.stop();
			}
		},
		stop: server.stop,
	};
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
		const [a, b] = [await startMember(nats.url, 'a'), await startMember(nats.url, 'b')];
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

function milliseconds(value) {
	return `${value.toFixed(3)} ms`;
}
