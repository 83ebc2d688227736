import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp, writeApp } from '../program/support/igor.ts';

afterEach(cleanUp);

const BIN = fileURLToPath(new URL('../../bin/igor.js', import.meta.url));
const LIBRARY = import.meta.resolve('igor-php');

/**
 * Runs on every thread before its own code; tries what JavaScript has to make code when the thread is about to send the first
 * message of that type: with `booted`, PHP has started; of the command line, which starts PHP itself, with `roleEnded`: its script
 * has run.
 */
const probeAt = (type: 'booted' | 'roleEnded'): string => `
	import { writeSync } from 'node:fs';
	import { parentPort } from 'node:worker_threads';
	const wasm = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
	const attempts = {
		eval: () => eval('1'),
		indirect: () => (0, eval)('1'),
		Function: () => new Function('return 1')(),
		constructor: () => (() => {}).constructor('return 1')(),
		async: () => (async () => {}).constructor('return 1'),
		generator: () => (function* () {}).constructor('yield 1'),
		asyncGenerator: () => (async function* () {}).constructor('yield 1'),
		reflected: () => Reflect.construct(Object.getPrototypeOf(function () {}).constructor, ['return 1']),
		timer: () => clearTimeout(setTimeout('1')),
		module: () => new WebAssembly.Module(wasm),
		moduleAgain: () => new (Object.getPrototypeOf(Object.create(WebAssembly.Module.prototype)).constructor)(wasm),
		instantiate: () => WebAssembly.instantiate(wasm),
		compile: () => WebAssembly.compile(wasm),
		undo: () => { globalThis.eval = (text) => text; delete globalThis.eval; eval('1'); },
	};
	const post = parentPort?.postMessage.bind(parentPort);
	if (post) parentPort.postMessage = (message, ...rest) => {
		if (message?.type !== '${type}') return post(message, ...rest);
		parentPort.postMessage = post;
		const worked = Object.keys(attempts).filter((name) => {
			try { attempts[name](); return true; } catch { return false; }
		});
		writeSync(2, 'worked: ' + JSON.stringify(worked) + ((() => {}) instanceof Function) + '\\n');
		// Last: once it is heard, the process may end.
		post(message, ...rest);
	};
`;

/** What of it worked on the PHP threads of a process. */
async function probe(type: 'booted' | 'roleEnded', args: readonly string[], cwd: string): Promise<string[]> {
	writeFileSync(join(cwd, 'probe.mjs'), probeAt(type));
	const child = spawn(process.execPath, ['--import', join(cwd, 'probe.mjs'), ...args], { cwd });
	const [errors] = await Promise.all([text(child.stderr), text(child.stdout), once(child, 'close')]);
	return errors.split('\n').filter((line) => line.startsWith('worked: '));
}

describe('on a thread of PHP no text becomes code, and no WASM is compiled', () => {
	test('by the command line', async () => {
		const folder = writeApp({ 'script.php': '<?php echo 1;' });
		expect(await probe('roleEnded', [BIN, 'php-cli', 'script.php'], folder)).toEqual(['worked: []true']);
	});

	test('by the library', async () => {
		const folder = writeApp({
			'index.php': '<?php echo 1;',
			'main.mjs': `import { serve } from ${JSON.stringify(LIBRARY)};
				const server = await serve({ listen: false, threads: 1, log: false });
				await (await server.fetch('/')).text();
				await server.close();
				process.exit();`,
		});
		expect(await probe('booted', [join(folder, 'main.mjs')], folder)).toEqual(['worked: []true']);
	});
});
