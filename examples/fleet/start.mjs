// node examples/fleet/start.mjs: three NATS servers and three Igors on loopback. Ctrl-C ends all.
// The Igors' pages are on ports 8001 to 8003; what else listens, on the six after them. PORT=… begins elsewhere.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const igor = fileURLToPath(new URL('../../bin/igor.js', import.meta.url));
const data = mkdtempSync(join(tmpdir(), 'igor-example-fleet-'));
const first = Number(process.env.PORT ?? 8001);
const numbers = [0, 1, 2];
const natsPort = (number) => first + 3 + number;
const routePort = (number) => first + 6 + number;
const children = new Set();

function run(name, command, args, env = {}) {
	const child = spawn(command, args, {
		cwd: folder,
		env: { ...process.env, ...env },
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	children.add(child);
	let said = '';
	child.stderr.on('data', (text) => {
		said = (said + text).slice(-2000);
	});
	child.once('error', (error) => console.error(`${name} cannot be started: ${error.message}`));
	child.once('exit', (status, signal) => {
		children.delete(child);
		if (!ending) console.log(`${name} has ended (${signal ?? status})${status ? `\n${said}` : ''}`);
		if (children.size === 0) rmSync(data, { recursive: true, force: true });
	});
	return child;
}

let ending = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
	process.on(signal, () => {
		ending = true;
		for (const child of children) child.kill('SIGTERM');
	});
}

const routes = numbers.map((number) => `nats://127.0.0.1:${routePort(number)}`);
for (const number of numbers) {
	run(`NATS ${number + 1}`, 'nats-server', [
		...['--jetstream', '--store_dir', join(data, `nats-${number}`), '--server_name', `nats-${number + 1}`],
		...['--addr', '127.0.0.1', '--port', String(natsPort(number))],
		...['--cluster_name', 'example', '--cluster', routes[number], '--routes', routes.join()],
	]);
}
for (const number of numbers) {
	const port = String(first + number);
	const servers = Object.fromEntries(numbers.map((each) => [`NATS_${each + 1}`, `nats://127.0.0.1:${natsPort(each)}`]));
	const name = `igor-${number + 1}`;
	const env = { ...servers, PORT: port, SERVER: name, PEERS: numbers.map((each) => first + each).join() };
	const { pid } = run(name, process.execPath, [igor, 'run'], env);
	console.log(`${name}: http://127.0.0.1:${port} (kill -9 ${pid}, and see who takes over)`);
}
