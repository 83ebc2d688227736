// `npm run soak [seconds]`: load from all sides while everything that may happen to a server happens to it. Prints what
// was asked and what failed; exit 1 when a single request did. wrk makes the load when it is installed, else autocannon.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { freePort } from '../support/free-port.ts';

const SECONDS = Number(process.argv[2] ?? 30);
const RELOADS = 5;
const CRASH_EVERY = 200;
const TOUCH_EVERY = 3000;
const CONNECTIONS = 16;
const PATHS = ['/worker.php?x=1', '/classic.php', '/style.css', '/worker.php'];

const FILES = {
	'public/worker.php': `<?php
$handler = static function (): void {
	echo 'worker ', frankenphp_sidekick_get_vars('crasher', 20)['generation'];
};
while (frankenphp_handle_request($handler)) {
}
`,
	'public/classic.php': `<?php echo 'classic ', frankenphp_sidekick_get_vars('crasher', 20)['generation'];`,
	'public/style.css': 'body { color: black }',
	'bin/console': `<?php
frankenphp_sidekick_set_vars(['generation' => uniqid()]);
$order = __DIR__ . '/../crash';
while (!frankenphp_sidekick_should_stop()) {
	clearstatcache();
	if (is_file($order)) {
		@unlink($order);
		throw new RuntimeException('crashed by order');
	}
	usleep(10_000);
}
`,
};

const folder = mkdtempSync(join(tmpdir(), 'igor-soak-'));
const [port, adminPort] = [await freePort(), await freePort()];
FILES.Caddyfile = `{
	admin 127.0.0.1:${adminPort}
	frankenphp {
		num_threads 4
		max_threads 6
	}
}
http://127.0.0.1:${port} {
	root public
	php_server {
		worker worker.php {
			num 2
			watch public/**/*.php
		}
		sidekick_entrypoint bin/console
	}
}
`;
for (const [name, text] of Object.entries(FILES)) {
	mkdirSync(dirname(join(folder, name)), { recursive: true });
	writeFileSync(join(folder, name), text);
}

const bin = fileURLToPath(new URL('../../bin/igor.js', import.meta.url));
const igor = spawn(process.execPath, [bin, 'run'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
let log = '';
igor.stderr.on('data', (chunk) => {
	log += chunk;
});
const ended = new Promise((resolve) => igor.on('close', (status, signal) => resolve(status ?? signal)));
await Promise.race([
	new Promise((resolve) => igor.stdout.once('data', resolve)),
	ended.then((status) => {
		throw new Error(`igor run ended with ${status}:\n${log}`);
	}),
]);

const url = `http://127.0.0.1:${port}`;
const stop = new AbortController();
const counts = { crashes: 0, touches: 0, reloads: 0, refusedReloads: 0 };

async function every(milliseconds, act) {
	while (!stop.signal.aborted) {
		await act();
		await sleep(milliseconds, undefined, { signal: stop.signal }).catch(() => {});
	}
}

const trouble = [
	every(CRASH_EVERY, () => {
		writeFileSync(join(folder, 'crash'), '');
		counts.crashes++;
	}),
	every(TOUCH_EVERY, () => {
		const now = new Date();
		utimesSync(join(folder, 'public/worker.php'), now, now);
		counts.touches++;
	}),
	(async () => {
		for (let i = 0; i < RELOADS; i++) {
			await sleep((SECONDS * 1000) / (RELOADS + 1));
			const { status, stderr } = spawnSync(process.execPath, [bin, 'reload', '--address', `127.0.0.1:${adminPort}`], {
				cwd: folder,
				encoding: 'utf8',
			});
			counts.reloads++;
			if (status !== 0) {
				counts.refusedReloads++;
				process.stderr.write(stderr);
			}
		}
	})(),
];

const result = await load();
stop.abort();
await Promise.all(trouble);
igor.kill('SIGTERM');
const exit = await ended;

const crashed = (log.match(/crashed by order/g) ?? []).length;
const restarted = (log.match(/Files changed/g) ?? []).length;
console.log(
	JSON.stringify(
		{ seconds: SECONDS, ...result, ...counts, crashesInLog: crashed, restartsByWatch: restarted, exit },
		undefined,
		2,
	),
);
const failed = result.failed > 0 || counts.refusedReloads > 0 || exit !== 0 || result.requests === 0;
if (failed)
	process.stderr.write(
		log
			.split('\n')
			.filter((line) => !line.includes('crashed'))
			.slice(-60)
			.join('\n'),
	);
rmSync(folder, { recursive: true, force: true });
process.exit(failed ? 1 : 0);

/** Requests, and those that got no 200 or no answer. */
async function load() {
	if (spawnSync('wrk', ['-v']).error === undefined) return loadByWrk();
	const run = await autocannon({
		url,
		connections: CONNECTIONS,
		duration: SECONDS,
		requests: PATHS.map((path) => ({ path })),
	});
	return { tool: 'autocannon', requests: run.requests.total, failed: run.non2xx + run.errors + run.timeouts };
}

async function loadByWrk() {
	const script = join(folder, 'paths.lua');
	const paths = PATHS.map((path) => `"${path}"`).join(', ');
	writeFileSync(
		script,
		`local paths = {${paths}}
local at = 0
request = function()
	at = at % #paths + 1
	return wrk.format("GET", paths[at])
end
`,
	);
	const report = join(folder, 'wrk.txt');
	const wrk = spawn(
		'sh',
		[
			'-c',
			`wrk -t1 -c${CONNECTIONS} -d${SECONDS}s --timeout 30s --latency -s "$1" "$2" > "$3"`,
			'sh',
			script,
			url,
			report,
		],
		{
			stdio: 'inherit',
		},
	);
	await new Promise((resolve) => wrk.on('close', resolve));
	const text = readFileSync(report, 'utf8');
	const number = (pattern) => Number(pattern.exec(text)?.[1] ?? 0);
	const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? [];
	return {
		tool: 'wrk',
		requests: number(/(\d+) requests in/),
		failed: number(/Non-2xx or 3xx responses: (\d+)/) + errors.reduce((sum, count) => sum + Number(count), 0),
		p99: /99%\s+(\S+)/.exec(text)?.[1],
	};
}
