// `npm run soak -- [--minutes N] [--without TROUBLE,…]`: load from all sides while everything that may happen to a server
// happens to it. A line per minute says what was asked, what failed and how much memory is resident. Exit 1 when a good
// request failed, something was never answered, or the memory of the last minute is more than a tenth above minute 2's.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freePort } from '../support/free-port.ts';
import { BAD_PATHS, GOOD_PATHS, writeApp } from './app.mjs';
import { leaver, slowReader, slowSender } from './clients.mjs';
import { load, tool } from './load.mjs';
import { watchMemory } from './resident.mjs';

const { values: options } = parseArgs({
	options: { minutes: { type: 'string', default: '0.5' }, without: { type: 'string', default: '' } },
});
const SECONDS = Math.round(Number(options.minutes) * 60);
const without = new Set(options.without.split(',').filter(Boolean));
/** Milliseconds from one to the next. */
const EVERY = { crashes: 200, touches: 3000, reloads: 10_000, bad: 1500, slow: 1000, leavers: 500 };
/** An answer that takes longer will never come, milliseconds. */
const LIMIT = 60_000;
const GROWTH = 1.1;

if (!(SECONDS > 0)) throw new TypeError(`--minutes ${options.minutes} is no number of minutes.`);

const folder = mkdtempSync(join(tmpdir(), 'igor-soak-'));
const [port, adminPort] = [await freePort(), await freePort()];
writeApp(folder, port, adminPort);
const url = `http://127.0.0.1:${port}`;
const bin = fileURLToPath(new URL('../../bin/igor.js', import.meta.url));
const igor = spawn(process.execPath, [bin, 'run'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
let log = '';
const seen = { crashed: 0, restartedByWatch: 0 };
igor.stderr.on('data', (chunk) => {
	const text = String(chunk);
	seen.crashed += text.split('crashed by order').length - 1;
	seen.restartedByWatch += text.split('Files changed').length - 1;
	log = (log + text).slice(-200_000);
});
const ended = new Promise((resolve) => igor.on('close', (status, signal) => resolve(status ?? signal)));
await Promise.race([
	new Promise((resolve) => igor.stdout.once('data', resolve)),
	ended.then((status) => {
		throw new Error(`igor run ended with ${status}:\n${log}`);
	}),
]);

const stop = new AbortController();
const counts = { crashes: 0, touches: 0, reloads: 0, bad: {}, slow: 0, leavers: 0 };
const failures = [];

/** Does it again and again until the end; what it rejects with has failed. */
async function every(name, act) {
	if (without.has(name)) return;
	while (!stop.signal.aborted) {
		await act().catch((error) => failures.push(`${name}: ${error.message}`));
		await sleep(EVERY[name], undefined, { signal: stop.signal }).catch(() => {});
	}
}

async function slow(client) {
	if (!(await client(port))) throw new Error(`${client.name} got an answer that is not whole.`);
	counts.slow++;
}

async function bad(path) {
	const { status, body } = await fetch(url + path, { signal: AbortSignal.timeout(LIMIT) });
	await body?.cancel();
	if (!BAD_PATHS[path].includes(status)) throw new Error(`${path} got ${status}.`);
	counts.bad[path] = (counts.bad[path] ?? 0) + 1;
}

const badPaths = Object.keys(BAD_PATHS).filter((path) => !without.has(path));
let turn = 0;
const trouble = [
	every('crashes', async () => {
		writeFileSync(join(folder, 'crash'), '');
		counts.crashes++;
	}),
	every('touches', async () => {
		const now = new Date();
		utimesSync(join(folder, 'public/worker.php'), now, now);
		counts.touches++;
	}),
	every('reloads', async () => {
		await new Promise((resolve, reject) => {
			const args = [bin, 'reload', '--address', `127.0.0.1:${adminPort}`];
			execFile(process.execPath, args, { cwd: folder, timeout: LIMIT }, (error, _, stderr) =>
				error ? reject(new Error(`${error.message} ${stderr}`)) : resolve(),
			);
		});
		counts.reloads++;
	}),
	every('bad', () => bad(badPaths[turn++ % badPaths.length])),
	every('slow', () => slow(slowSender)),
	every('slow', () => slow(slowReader)),
	every('leavers', async () => {
		await leaver(port);
		counts.leavers++;
	}),
];

const paths = GOOD_PATHS.filter((path) => !without.has(path));
const memory = watchMemory(igor.pid);
const minutes = [];
for (let left = SECONDS; left > 0; left -= 60) {
	const result = await load(url, paths, Math.min(left, 60), folder);
	const resident = memory.minute();
	minutes.push({ ...result, resident });
	if (result.failed > 0) failures.push(`load: ${JSON.stringify(result)}`);
	console.log(
		`minute ${minutes.length}: ${result.requests} requests by ${tool}, ${result.failed} failed, p99 ${result.p99 ?? '?'}; ` +
			`${resident.median} MB resident, ${resident.most} MB at most`,
	);
}
memory.stop();
stop.abort();
await Promise.all(trouble);
igor.kill('SIGTERM');
const exit = await Promise.race([ended, sleep(LIMIT, 'nothing', { ref: false })]);
if (exit === 'nothing') igor.kill('SIGKILL');
if (exit !== 0) failures.push(`The server ended with ${exit}.`);

const requests = minutes.reduce((sum, minute) => sum + minute.requests, 0);
if (requests === 0) failures.push('No request was answered.');
const [second, last] = [minutes[1]?.resident.median, minutes.at(-1)?.resident.median];
if (minutes.length > 2 && last > second * GROWTH) failures.push(`Memory grew from ${second} MB to ${last} MB.`);

console.log(
	JSON.stringify({ seconds: SECONDS, requests, ...counts, ...seen, exit, failed: failures.length }, undefined, 2),
);
if (failures.length > 0) {
	process.stderr.write(`${failures.slice(0, 40).join('\n')}\n\n`);
	const lines = log.split('\n').filter((line) => !/crashed|Maximum execution|Allowed memory|Files changed/.test(line));
	process.stderr.write(`${lines.slice(-60).join('\n')}\n`);
}
rmSync(folder, { recursive: true, force: true });
process.exit(failures.length > 0 ? 1 : 0);
