// node test/bench/early-functions.mjs: finds the functions of php.wasm that every start calls, and writes the list of those
// that are compiled at once: src/php-binary/early-functions.ts. For the release of @php-wasm in package.json; run it when
// that changes, or the C sources of Igor do much more at the start.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { importSource } from '../../scripts/build-browser.mjs';
import { startTelling } from '../php-binary/compiled-functions.ts';
import { eventually } from '../support/eventually.ts';
import { app, get } from './igor.mjs';

/** When functions are compiled. */
const AT_FIRST_CALL = '--wasm-lazy-compilation';
/** Functions of a side module are fewer. */
const LEAST = 500;
const list = fileURLToPath(new URL('../../src/php-binary/early-functions.ts', import.meta.url));

const { PHP_VERSIONS } = await importSource('src/config/values.ts');
const folder = mkdtempSync(path.join(tmpdir(), 'igor-early-'));
const told = path.join(folder, 'told.txt');
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
	const program = startTelling(told, ['php-cli', '--php', version, empty], AT_FIRST_CALL);
	await program.end;
	return functionsOf(program);
}

/** As a classic script. */
async function byServer(version) {
	const options = ['--listen', '127.0.0.1:0', '--threads', '1', '--php', version];
	const server = startTelling(told, ['php-server', ...options, '--root', `${app}/public`], AT_FIRST_CALL);
	const url = await eventually('the address of the server', () => {
		if (server.isOver) throw new Error(`It does not listen: ${server.told()}`);
		return /Listening on (\S+)/.exec(server.told())?.[1];
	});
	await get(`${url}/hello.php`);
	server.stop();
	await server.end;
	return functionsOf(server);
}

function functionsOf(igor) {
	const functions = igor.functions();
	if (functions.length < LEAST) throw new Error('V8 told of too few functions.');
	return functions;
}

function distances(indexes) {
	return indexes.map((index, i) => (index - (indexes[i - 1] ?? 0)).toString(36)).join(' ');
}
