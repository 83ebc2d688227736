// node test/bench/early-functions.mjs: finds the functions of php.wasm that every start calls, and writes the list of those
// that are compiled at once: src/php-binary/early-functions.ts. For the release of @php-wasm in package.json; run it when
// that changes, or the C sources of Igor do much more at the start.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { importSource } from '../../scripts/build-browser.mjs';
import { app, get } from './igor.mjs';

/** Functions are compiled at their first call, and each is told. */
const TELLING = ['--wasm-lazy-compilation', '--trace-wasm-compilation-times'];
/** The module by its address, and the function by its number. */
const COMPILED = /^Compiled function (\w+)#(\d+) using Liftoff/gm;
/** Functions of a side module are fewer. */
const LEAST = 500;
/** Milliseconds. */
const LIMIT = 60_000;
const LOOK = 50;
const igor = fileURLToPath(new URL('../../bin/igor.js', import.meta.url));
const list = fileURLToPath(new URL('../../src/php-binary/early-functions.ts', import.meta.url));

const { PHP_VERSIONS } = await importSource('src/config/values.ts');
const folder = mkdtempSync(path.join(tmpdir(), 'igor-early-'));
const empty = path.join(folder, 'empty.php');
writeFileSync(empty, '<?php\n');
const lines = [];
try {
	for (const version of PHP_VERSIONS) {
		const called = new Set([...(await byProgram(version)), ...(await byServer(version))]);
		process.stderr.write(`PHP ${version}: ${called.size} functions\n`);
		lines.push(`\t'${version}':\n\t\t'${distances([...called].toSorted((a, b) => a - b))}',\n`);
	}
} finally {
	rmSync(folder, { recursive: true, force: true });
}
writeFileSync(
	list,
	`import type { PhpVersion } from '../config/values.ts';

/**
 * The functions of upstream's php.wasm that a start calls, up to the end of an empty script or the first answer of a server:
 * the distance of each from the one before, in base 36. Made by test/bench/early-functions.mjs.
 */
const DISTANCES: Record<PhpVersion, string> = {
${lines.join('')}};

/** Their numbers; imported functions count, too. */
export function earlyFunctions(version: PhpVersion): number[] {
	let index = 0;
	return DISTANCES[version].split(' ').map((distance) => {
		index += Number.parseInt(distance, 36);
		return index;
	});
}
`,
);

async function byProgram(version) {
	const program = tell('php-cli', '--php', version, empty);
	await program.end;
	return functionsIn(program.told());
}

/** As a classic script. */
async function byServer(version) {
	const options = ['--listen', '127.0.0.1:0', '--threads', '1', '--php', version];
	const server = tell('php-server', ...options, '--root', `${app}/public`);
	await get(`${await server.url()}/hello.php`);
	server.stop();
	await server.end;
	return functionsIn(server.told());
}

/** Runs Igor; what V8 tells goes to a file, because it drops what a pipe does not take at once. */
function tell(...args) {
	const file = path.join(folder, 'told.txt');
	const into = openSync(file, 'w');
	const child = spawn(process.execPath, [...TELLING, igor, ...args], { cwd: app, stdio: ['ignore', into, 'inherit'] });
	closeSync(into);
	const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT);
	const end = once(child, 'close').finally(() => clearTimeout(limit));
	const told = () => readFileSync(file, 'utf8');
	return {
		told,
		end,
		stop: () => child.kill(),
		url: async () => {
			for (;;) {
				const [, url] = /Listening on (\S+)/.exec(told()) ?? [];
				if (url !== undefined) return url;
				if (child.exitCode !== null || child.signalCode !== null) throw new Error(`It does not listen: ${told()}`);
				await sleep(LOOK);
			}
		},
	};
}

/** Those of the module that has most of them. */
function functionsIn(told) {
	const modules = Map.groupBy(told.matchAll(COMPILED), ([, module]) => module);
	const [most] = [...modules.values()].toSorted((a, b) => b.length - a.length);
	if (most === undefined || most.length < LEAST) throw new Error('V8 told of too few functions.');
	return most.map(([, , index]) => Number(index));
}

function distances(indexes) {
	return indexes.map((index, i) => (index - (indexes[i - 1] ?? 0)).toString(36)).join(' ');
}
