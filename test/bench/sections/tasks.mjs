import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, start, which } from '../children.mjs';
import { get, startIgor } from '../igor.mjs';
import { median } from '../statistics.mjs';

const COUNT = 5000;
const MANY = 40_000;
const IN_FLIGHT = 16;
const native = fileURLToPath(new URL('../native/redis-list.php', import.meta.url));
const messages = fileURLToPath(new URL('../programs/post-message.mjs', import.meta.url));

/** Tasks of 200 bytes from a request to a sidekick and back, beside a list of Redis by native PHP, and postMessage(). */
export async function tasks() {
	const igor = await startIgor('--threads', '1');
	const ask = async (query) => JSON.parse(await get(`${igor.url}/tasks.php?${query}`));
	await ask(`count=${COUNT}`);
	const ours = median(await ask(`count=${COUNT}`));
	await ask(`count=${MANY}&flight=${IN_FLIGHT}`);
	const rate = await ask(`count=${MANY}&flight=${IN_FLIGHT}`);
	await igor.stop();
	const posted = median(JSON.parse(await run(process.execPath, [messages])));
	const redis = await redisList();
	return {
		rows: [
			{
				what: 'task: sent, completed, read / Redis list, native PHP',
				missing: redis === undefined,
				ratio: redis && ours / redis.time,
				ours: microseconds(ours),
				theirs: redis && microseconds(redis.time),
				target: { most: 60, value: ours / 1000, unit: 'µs' },
			},
			{
				what: 'task: sent, completed, read / postMessage() and back',
				ratio: ours / posted,
				ours: microseconds(ours),
				theirs: microseconds(posted),
			},
			{
				what: `tasks per second, ${IN_FLIGHT} in flight / Redis list, native PHP`,
				missing: redis === undefined,
				ratio: redis && rate / redis.rate,
				ours: `${rate.toFixed(0)}/s`,
				theirs: redis && `${redis.rate.toFixed(0)}/s`,
				target: { least: 20_000, value: rate, unit: '/s' },
			},
		],
	};
}

/** Undefined without Redis, or without a native PHP. */
async function redisList() {
	const [php, server] = [which('php'), which('redis-server')];
	if (!php || !server) return undefined;
	const folder = mkdtempSync(path.join(tmpdir(), 'igor-bench-'));
	const socket = path.join(folder, 'redis.sock');
	const redis = start(server, ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', folder]);
	await redis.line(/ready to accept connections|The server is now ready/i);
	const worker = start(php, [native, 'worker', socket]);
	try {
		const ask = async (...args) => JSON.parse(await run(php, [native, ...args.map(String)]));
		await ask('sender', socket, COUNT);
		return {
			time: median(await ask('sender', socket, COUNT)),
			rate: await ask('many', socket, MANY, IN_FLIGHT),
		};
	} finally {
		await worker.stop();
		await redis.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}

function microseconds(nanoseconds) {
	return `${(nanoseconds / 1000).toFixed(0)} µs`;
}
