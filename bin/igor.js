#!/usr/bin/env node
// Runs on any Node ≥ 20: finds a Node that can run the server (WebAssembly's JSPI: 24.18 or newer), or says so.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import { isRecent, tooOld } from './node-version.js';

if (isRecent(process.versions.node)) {
	const cli = new URL('../dist/cli.js', import.meta.url);
	if (existsSync(cli)) {
		const { useCodeCache } = await import('../dist/code-cache.js');
		useCodeCache();
		await import(cli.href);
	} else fail('Igor is not built yet; run `npm run build` in its folder.');
} else {
	const node = packagedNode();
	if (node) run(node);
	else fail(`${tooOld()}, or add the npm package "node@24" beside igor-php.`);
}

function fail(sentence) {
	process.stderr.write(`igor: ${sentence}\n`);
	process.exitCode = 1;
}

/** The binary of the npm package `node`, when it is installed and recent enough. */
function packagedNode() {
	const require = createRequire(import.meta.url);
	try {
		const file = require.resolve('node/package.json');
		const binary = join(dirname(file), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
		return isRecent(require(file).version) && existsSync(binary) ? binary : undefined;
	} catch {
		return undefined;
	}
}

function run(node) {
	const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
	let child;
	// Before the child is there: a signal that ended us while it starts would leave it behind, serving for ever.
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
		process.on(signal, () => {
			// Ctrl-C reaches the child by itself.
			if (signal !== 'SIGINT' || terminals.length === 0) child.kill(signal);
		});
	}
	child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
	const endBy = (signal) => {
		// For where the signal does not end us, either: the first process of a container.
		process.exitCode = 128 + constants.signals[signal];
		process.removeAllListeners(signal);
		process.kill(process.pid, signal);
	};
	child.on('error', (error) => fail(`Cannot start ${node}: ${error.message}.`));
	child.on('exit', (code, signal) => {
		if (signal !== null) endBy(signal);
		// Older versions of Node.js abort when they exit without the terminal that they were started from.
		else if (terminals.some((descriptor) => !isatty(descriptor))) endBy('SIGHUP');
		else process.exit(code ?? 1);
	});
}
