import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { BIN, cleanUp, Igor, type StartOptions, writeApp } from './support/igor.ts';

afterEach(cleanUp);

/** A page that goes on as soon as there is a file `gate`, and one that logs until nobody takes it. */
const FILES = {
	'gate.php': `<?php echo 'begun '; flush();
		while (!file_exists(__DIR__ . '/gate')) { clearstatcache(); usleep(2000); }
		echo 'done';`,
	'log.php': `<?php for ($i = 0; $i < 200; $i++) frankenphp_log(str_repeat('x', 50_000)); echo 'logged';`,
	'hello.php': '<?php echo "hello";',
};

/** A Node.js of this machine that cannot run the server itself, so that the wrapper starts one that can. */
const OLDER_NODE = (process.env.PATH ?? '')
	.split(delimiter)
	.filter((folder) => !folder.includes('node_modules'))
	.map((folder) => join(folder, 'node'))
	.find((node) => existsSync(node) && major(node) < 24);
/** It makes a terminal; util-linux's, which knows these options. */
const SCRIPT = process.platform === 'linux' && existsSync('/usr/bin/script') ? '/usr/bin/script' : undefined;

function major(node: string): number {
	try {
		return Number(/^v(\d+)/.exec(execFileSync(node, ['--version'], { encoding: 'utf8' }))?.[1] ?? Number.NaN);
	} catch {
		return Number.NaN;
	}
}

async function start(options: StartOptions = {}) {
	const folder = writeApp(FILES);
	const igor = new Igor(['php-server', '--listen', '127.0.0.1:0', '--root', folder], folder, {}, options);
	return { igor, folder, url: await igor.ready() };
}

/** A server that waits longer for its requests than a busy machine takes to see that it ends. */
async function startPatient(options: StartOptions = {}) {
	const port = await freePort();
	const site = `http://127.0.0.1:${port} {\n\troot .\n\tphp_server\n}\n`;
	const folder = writeApp({ ...FILES, Caddyfile: `{\n\tadmin off\n\tgrace_period 50s\n}\n${site}` });
	const igor = new Igor(['run'], folder, {}, options);
	await igor.ready();
	return { igor, folder, url: `http://127.0.0.1:${port}` };
}

/** Begins a request, and waits until PHP is at it; it ends when the gate opens. */
function begin(url: string): Promise<Response> {
	return fetch(`${url}/gate.php`, { signal: AbortSignal.timeout(50_000) });
}

function refuses(url: string): Promise<boolean> {
	const { hostname, port } = new URL(url);
	return new Promise((resolve) => {
		const socket = connect(Number(port), hostname);
		socket
			.once('error', () => resolve(true))
			.once('connect', () => {
				socket.destroy();
				resolve(false);
			});
	});
}

describe('a signal that comes several times at once is one', () => {
	test.each(['SIGTERM', 'SIGINT'] as const)('%s twice: the running request is answered, exit 0', async (signal) => {
		const { igor, folder, url } = await startPatient();
		const answer = await begin(url);
		igor.signal(signal);
		igor.signal(signal);
		await eventually('the end of listening', () => refuses(url));
		writeFileSync(join(folder, 'gate'), '');
		expect(await answer.text()).toBe('begun done');
		expect(await igor.exit).toBe(0);
	});

	test.skipIf(OLDER_NODE === undefined)(
		'SIGTERM to the whole group, started by an older Node.js: the same',
		async () => {
			const { igor, folder, url } = await startPatient({ node: OLDER_NODE as string, ownGroup: true });
			const answer = await begin(url);
			igor.signalGroup('SIGTERM');
			await eventually('the end of listening', () => refuses(url));
			writeFileSync(join(folder, 'gate'), '');
			expect(await answer.text()).toBe('begun done');
			expect(await igor.exit).toBe(0);
		},
	);
});

/** Tells the wrapper to stop as soon as the server's process is there. */
const STOPS_AT_SPAWN = `import child from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
const { spawn } = child;
child.spawn = (...args) => {
	const started = spawn(...args);
	process.kill(process.pid, 'SIGTERM');
	return started;
};
if (!process.version.startsWith('v24.')) syncBuiltinESMExports();`;

test.skipIf(OLDER_NODE === undefined)(
	'SIGTERM while an older Node.js starts the server: both end',
	{ timeout: 30_000 },
	async () => {
		const folder = writeApp({ ...FILES, 'stops-at-spawn.mjs': STOPS_AT_SPAWN });
		const igor = new Igor(
			['php-server', '--listen', '127.0.0.1:0', '--root', folder],
			folder,
			{ NODE_OPTIONS: `--import=${join(folder, 'stops-at-spawn.mjs')}` },
			{ node: OLDER_NODE as string, ownGroup: true },
		);
		// The server would hold its outputs.
		expect([0, 'SIGTERM']).toContain(await igor.exit);
	},
);

describe('a log that nobody reads', () => {
	test('keeps neither requests nor the end', async () => {
		const { igor, url } = await start({ readsStderr: false });
		for (let i = 0; i < 3; i++) expect(await (await fetch(`${url}/log.php`)).text()).toBe('logged');
		expect(await (await fetch(`${url}/hello.php`)).text()).toBe('hello');
		igor.signal('SIGTERM');
		expect(await igor.exit).toBe(0);
	});
});

describe.skipIf(SCRIPT === undefined)('a terminal that is closed', () => {
	/** Starts a command on a terminal; `close` takes the terminal away. */
	function onTerminal(command: string, folder: string) {
		const pidFile = join(folder, 'pid');
		const line = `echo $$ > ${pidFile}; exec ${process.execPath} ${BIN} ${command}`;
		const terminal = spawn(SCRIPT as string, ['-qec', line, '/dev/null'], {
			cwd: folder,
			stdio: ['pipe', 'pipe', 'pipe'],
		});
		let output = '';
		terminal.stdout.on('data', (chunk) => {
			output += chunk;
		});
		const pid = (): number => Number(readFileSync(pidFile, 'utf8'));
		return {
			output: () => output,
			close: () => terminal.kill('SIGKILL'),
			pid,
			runs: () => isRunning(pid()),
		};
	}

	test.each(['run', 'php-server'])('ends igor %s; the running request is answered before', async (command) => {
		const folder = writeApp(FILES);
		const port = await freePort();
		const url = `http://127.0.0.1:${port}`;
		writeFileSync(join(folder, 'Caddyfile'), `{\n\tadmin off\n}\n${url} {\n\troot .\n\tphp_server\n}\n`);
		const terminal = onTerminal(command === 'run' ? 'run' : `php-server --listen 127.0.0.1:${port}`, folder);
		try {
			await eventually('the start', () => terminal.output().includes('Listening on'), 20);
			const answer = await begin(url);
			terminal.close();
			await eventually('the end of listening', () => refuses(url));
			writeFileSync(join(folder, 'gate'), '');
			expect(await answer.text()).toBe('begun done');
			await eventually('the end of the process', () => !terminal.runs());
		} finally {
			if (terminal.runs()) process.kill(terminal.pid(), 'SIGKILL');
		}
	});
});

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
	} catch {
		return false;
	}
}

describe('SIGTERM while a reload is under way', () => {
	test('ends a server whose new code never gets ready', async () => {
		const port = await freePort();
		const folder = writeApp({ 'worker.php': '<?php while (frankenphp_handle_request(fn () => print "old"));' });
		const caddyfile = (more: string) =>
			`{\n\tadmin off\n\tgrace_period 1s\n}\nhttp://127.0.0.1:${port} {\n\troot .\n\tphp_server {\n\t\tworker worker.php 1\n\t\t${more}\n\t}\n}\n`;
		writeFileSync(join(folder, 'Caddyfile'), caddyfile(''));
		const igor = new Igor(['run'], folder);
		await igor.ready();
		writeFileSync(join(folder, 'worker.php'), '<?php frankenphp_log("spins from here on"); while (true);');
		writeFileSync(join(folder, 'Caddyfile'), caddyfile('env NEW 1'));
		igor.signal('SIGHUP');
		await igor.until(() => igor.stderr.includes('spins from here on'));
		igor.signal('SIGTERM');
		expect(await igor.exit).toBe(0);
	});
});

test('a request that waits for a worker to take its task is answered before its connection is cut', async () => {
	const port = await freePort();
	const folder = writeApp({
		'index.php': `<?php
			try {
				frankenphp_log('the task is sent');
				new FrankenPHP\\SentTaskHandle('deaf', ['n' => 1], null);
			} catch (RuntimeException $thrown) {
				echo $thrown->getMessage();
			}`,
		'deaf.php': '<?php $handle = new FrankenPHP\\WorkerHandle(); while ($handle->tick()) usleep(10_000);',
		Caddyfile: `{\n\tadmin off\n\tgrace_period 12s\n}\nhttp://127.0.0.1:${port} {\n\troot .\n\tphp_server {\n\t\tworker {\n\t\t\tname deaf\n\t\t\tfile deaf.php\n\t\t\tbackground\n\t\t}\n\t}\n}\n`,
	});
	const igor = new Igor(['run'], folder);
	await igor.ready();
	const answer = fetch(`http://127.0.0.1:${port}/`).then((response) => response.text());
	await igor.until(() => igor.stderr.includes('the task is sent'));
	igor.signal('SIGTERM');
	expect(await answer).toBe(
		'The task for "deaf" was not picked up: the calling thread is restarting or shutting down.',
	);
	expect(await igor.exit).toBe(0);
});
