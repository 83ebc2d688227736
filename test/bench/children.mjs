// Processes that the benchmark starts: each has a time limit, and none outlives the benchmark.
import { execFile, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

/** Nothing that is measured here lives longer, milliseconds. */
const LIMIT = 240_000;
const STOP_LIMIT = 5000;

const running = new Set();
process.on('exit', () => {
	for (const child of running) killGroup(child, 'SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

/**
 * Starts a program in a process group of its own.
 * @returns `pid`; `line(pattern)`: resolves with the match in its standard output; `stop()`: ends it, resolves when it is gone
 */
export function start(command, args, options = {}) {
	const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
	running.add(child);
	let output = '';
	let errors = '';
	let failed;
	const ended = new Promise((resolve) => {
		child.once('close', resolve);
		child.once('error', (error) => {
			failed = error;
			resolve();
		});
	}).then(() => running.delete(child));
	const timer = setTimeout(() => killGroup(child, 'SIGKILL'), LIMIT);
	ended.then(() => clearTimeout(timer));
	child.stdout.setEncoding('utf8').on('data', (text) => {
		output += text;
		child.emit('benchOutput');
	});
	child.stderr.setEncoding('utf8').on('data', (text) => {
		errors = (errors + text).slice(-4000);
	});
	return {
		pid: child.pid,
		line: (pattern) =>
			new Promise((resolve, reject) => {
				const look = () => {
					const match = pattern.exec(output);
					if (match) resolve(match);
				};
				child.on('benchOutput', look);
				look();
				ended.then(() => reject(failed ?? new Error(`${command} ended too early: ${errors || output}`)));
			}),
		stop: async () => {
			killGroup(child, 'SIGTERM');
			const hard = setTimeout(() => killGroup(child, 'SIGKILL'), STOP_LIMIT);
			await ended;
			clearTimeout(hard);
		},
	};
}

/** Runs a program to its end; its standard output. */
export async function run(command, args, options = {}) {
	const { stdout } = await promisify(execFile)(command, args, { timeout: LIMIT, killSignal: 'SIGKILL', ...options });
	return stdout;
}

/** The program's path, or undefined when it is not installed. Debian keeps servers out of users' PATH. */
export function which(program) {
	const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin'];
	return folders.map((folder) => path.join(folder, program)).find(isExecutable);
}

function isExecutable(file) {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

function killGroup(child, signal) {
	try {
		if (child.pid !== undefined) process.kill(-child.pid, signal);
	} catch {
		// It has ended already.
	}
}
