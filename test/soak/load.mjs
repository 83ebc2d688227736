// The load of good requests: wrk when it is installed, else autocannon.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import autocannon from 'autocannon';

const CONNECTIONS = 16;
const hasWrk = spawnSync('wrk', ['-v']).error === undefined;

export const tool = hasWrk ? 'wrk' : 'autocannon';

/** Asks for the paths in turn, for so many seconds. Resolves with the requests, and those that got no 200 or no answer. */
export function load(url, paths, seconds, folder) {
	return hasWrk ? byWrk(url, paths, seconds, folder) : byAutocannon(url, paths, seconds);
}

async function byAutocannon(url, paths, duration) {
	const requests = paths.map((path) => ({ path }));
	const run = await autocannon({ url, connections: CONNECTIONS, duration, timeout: 30, requests });
	return { requests: run.requests.total, failed: run.non2xx + run.errors + run.timeouts };
}

async function byWrk(url, paths, seconds, folder) {
	const script = join(folder, 'paths.lua');
	writeFileSync(
		script,
		`local paths = {${paths.map((path) => `"${path}"`).join(', ')}}
local at = 0
request = function()
	at = at % #paths + 1
	return wrk.format("GET", paths[at])
end
`,
	);
	const report = join(folder, 'wrk.txt');
	const command = `wrk -t1 -c${CONNECTIONS} -d${seconds}s --timeout 30s --latency -s "$1" "$2" > "$3"`;
	const wrk = spawn('sh', ['-c', command, 'sh', script, url, report], { stdio: 'inherit' });
	await new Promise((resolve) => wrk.on('close', resolve));
	const text = readFileSync(report, 'utf8');
	const number = (pattern) => Number(pattern.exec(text)?.[1] ?? 0);
	const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? [];
	const statuses = number(/Non-2xx or 3xx responses: (\d+)/);
	const failed = statuses + errors.reduce((sum, count) => sum + Number(count), 0);
	const why = failed > 0 ? { statuses, connect: errors[0], read: errors[1], write: errors[2], timeout: errors[3] } : {};
	return { requests: number(/(\d+) requests in/), failed, p99: /99%\s+(\S+)/.exec(text)?.[1], ...why };
}
