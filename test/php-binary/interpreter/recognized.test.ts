import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
// @ts-expect-error: the build's own, in JavaScript
import { phpOf } from '../../../scripts/build-browser.mjs';
import { PHP_VERSIONS } from '../../../src/config/values.ts';
import { applyEdits } from '../../../src/php-binary/edits.ts';
import { fasterInterpreter } from '../../../src/php-binary/interpreter/faster-interpreter.ts';
import { HOT_HANDLERS } from '../../../src/php-binary/interpreter/hot-handlers.ts';
import { readPhpModule } from '../../../src/php-binary/interpreter/php-module.ts';
import { exportedFunction, interpreterEdits } from '../../../src/php-binary/interpreter/rewrite-interpreter.ts';
import { CODE_SECTION, findSection } from '../../../src/php-binary/wasm-format.ts';
import { tinyPhp } from './tiny-php.ts';

/** What a browser or Node compiles in one piece; more would also cost more memory in each process. */
const LARGEST = 160_000;

const read = (target: string, version: string): Uint8Array<ArrayBuffer> =>
	new Uint8Array(readFileSync(phpOf(target, version).binary));

describe.each(PHP_VERSIONS)('php.wasm %s', (version) => {
	test.each(['node', 'web'])('for %s has the expected form, and is valid with the faster interpreter', (target) => {
		const binary = read(target, version);
		const { edits, problem } = fasterInterpreter(binary, version);
		expect(problem).toBeUndefined();
		const size = Math.max(...edits.map(({ inserted }) => inserted.length));
		expect(size).toBeGreaterThan(10_000);
		expect(size).toBeLessThan(LARGEST);
		expect(WebAssembly.validate(applyEdits(binary, edits))).toBe(true);
	});

	test('is used as it is when execute_ex() differs in one instruction', () => {
		const binary = read('node', version);
		const { body, end } = readPhpModule(binary).bodyOf(exportedFunction(binary, 'execute_ex'));
		// i32.load → i64.load32_u would be invalid; the offset of a load is not.
		const load = binary.subarray(body, end).lastIndexOf(0x28);
		binary[body + load + 2] = 8;
		expect(WebAssembly.validate(binary)).toBe(true);
		expect(fasterInterpreter(binary, version)).toEqual({
			edits: [],
			problem: 'php.wasm has an execute_ex() that is not as expected.',
		});
	});
});

test('all hot handlers are known by one number in a version', () => {
	const names = HOT_HANDLERS.map(([name]) => name);
	expect(new Set(names).size).toBe(names.length);
	for (const column of PHP_VERSIONS.keys()) {
		const numbers = HOT_HANDLERS.map(([, ...all]) => all[column]).filter((number) => number !== -1);
		expect(numbers.length).toBeGreaterThan(150);
		expect(new Set(numbers).size).toBe(numbers.length);
	}
});

test('a module that is something else is refused', () => {
	const nothing = { code: [0x41, 0] };
	const tiny = tinyPhp('code', [nothing]);
	expect(() => interpreterEdits(tiny, [500])).toThrow('php.wasm has fewer handlers than expected.');
	expect(() => interpreterEdits(tiny.slice(0, findSection(tiny, CODE_SECTION).start), [0])).toThrow(RangeError);
	const other = tinyPhp('code', [nothing], [0, 0x0b]);
	expect(() => interpreterEdits(other, [0])).toThrow('php.wasm has an execute_ex() that is not as expected.');
});
