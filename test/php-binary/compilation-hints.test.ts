import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../src/config/values.ts';
import { compilationHints, compiledAtFirstCall } from '../../src/php-binary/compilation-hints.ts';
import { earlyFunctions } from '../../src/php-binary/early-functions.ts';
import { applyEdits } from '../../src/php-binary/edits.ts';
import { readsHints } from '../../src/platform/node/threads/engine-flags.ts';
import { startTelling } from './compiled-functions.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'igor-hints-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Imports a function (number 0), and has three of its own, which return their numbers. */
const three = new Uint8Array([
	...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
	// The type () → i32, the import, the functions, the export of number 2.
	...[1, 5, 1, 0x60, 0, 1, 0x7f],
	...[2, 7, 1, 1, 0x61, 1, 0x62, 0, 0],
	...[3, 4, 3, 0, 0, 0],
	...[7, 5, 1, 1, 0x63, 0, 2],
	...[10, 16, 3, 4, 0, 0x41, 1, 0x0b, 4, 0, 0x41, 2, 0x0b, 4, 0, 0x41, 3, 0x0b],
]);

/** The functions that V8 compiles while it loads a module, and then calls its export. */
async function compiled(binary: Uint8Array, ...flags: string[]): Promise<string[]> {
	const file = path.join(folder, 'module.wasm');
	writeFileSync(file, binary);
	const program = `const module = new WebAssembly.Module(require('node:fs').readFileSync(${JSON.stringify(file)}));
		console.log('loaded');
		console.log('result', new WebAssembly.Instance(module, { a: { b: () => 0 } }).exports.c());`;
	const args = [...flags, '--single-threaded', '--trace-wasm-compilation-times', '-e', program];
	const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 50_000 });
	return stdout.split('\n').flatMap((line) => {
		const number = /^Compiled function \w+#(\d+) using Liftoff/.exec(line)?.[1];
		return number ?? (/^(?:loaded|result)/.test(line) ? line : []);
	});
}

const HINTS = ['--experimental-wasm-compilation-hints', '--no-wasm-lazy-compilation'];
const hinted = applyEdits(three, [compilationHints(three, [0, 1, 3])]);

describe('a binary with hints', () => {
	test('is what it was to everybody who does not read them', async () => {
		expect(WebAssembly.validate(hinted)).toBe(true);
		expect(await compiled(hinted)).toEqual(['loaded', '2', 'result 2']);
	});

	test.runIf(readsHints())(
		'has the named functions compiled while it is loaded, and the others at their first call',
		async () => {
			const [first, second, ...rest] = await compiled(hinted, ...HINTS);
			expect([first, second].toSorted()).toEqual(['1', '3']);
			expect(rest).toEqual(['loaded', '2', 'result 2']);
		},
	);

	test.runIf(readsHints())('of which none is named has all of them compiled at their first call', async () => {
		expect(await compiled(compiledAtFirstCall(three), ...HINTS)).toEqual(['loaded', '2', 'result 2']);
	});
});

describe.each(PHP_VERSIONS)('PHP %s', (version) => {
	/** Numbers of the functions of php.wasm that an empty script has compiled. */
	async function ofEmptyScript(...flags: string[]): Promise<Set<number>> {
		const script = path.join(folder, 'empty.php');
		writeFileSync(script, '<?php\n');
		const told = path.join(folder, `told-${version}.txt`);
		const program = startTelling(told, ['php-cli', '--php', version, script], ...flags);
		expect(await program.end).toEqual([0, null]);
		return new Set(program.functions());
	}

	test('has nearly all of the functions that a start calls, and few others, on the list (test/bench/early-functions.mjs)', async () => {
		const called = await ofEmptyScript('--wasm-lazy-compilation');
		const early = new Set(earlyFunctions(version));
		expect(called.size).toBeGreaterThan(1000);
		expect(called.intersection(early).size).toBeGreaterThan(called.size * 0.97);
		expect(called.size).toBeGreaterThan(early.size * 0.8);
	});

	test.runIf(readsHints())(
		'has them compiled before they are called, and no more than these and what the script calls',
		async () => {
			const early = new Set(earlyFunctions(version));
			const all = await ofEmptyScript();
			expect(early.isSubsetOf(all)).toBe(true);
			expect(all.size).toBeLessThan(early.size * 1.1);
		},
	);
});
