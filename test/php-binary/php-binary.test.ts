import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../src/config/values.ts';
import { compilationHints } from '../../src/php-binary/compilation-hints.ts';
import { earlyFunctions } from '../../src/php-binary/early-functions.ts';
import { applyEdits } from '../../src/php-binary/edits.ts';
import { exportedSlots, listExportedSlots } from '../../src/php-binary/exported-slots.ts';
import { enlargeInitialMemory, INITIAL_PAGES } from '../../src/php-binary/initial-memory.ts';
import { fasterInterpreter } from '../../src/php-binary/interpreter/faster-interpreter.ts';
import { preparePhp } from '../../src/php-binary/prepare-php.ts';
import { redirectCalls } from '../../src/php-binary/redirect-calls.ts';
import { trimExports } from '../../src/php-binary/trim-exports.ts';
import { readNumber } from '../../src/php-binary/wasm-format.ts';
import { readPreparedPhp } from '../../src/platform/node/threads/edited-php.ts';

const fromNode = createRequire(createRequire(import.meta.url).resolve('@php-wasm/node/package.json'));

async function phpWasm(version: string): Promise<Uint8Array<ArrayBuffer>> {
	const [dashed, underscored] = [version.replace('.', '-'), version.replace('.', '_')];
	const folder = path.join(path.dirname(fromNode.resolve(`@php-wasm/node-${dashed}/package.json`)), 'jspi');
	const release = (await readdir(folder)).find((name) => name.startsWith(`${underscored}_`));
	return new Uint8Array(await readFile(path.join(folder, release ?? '', `php_${underscored}.wasm`)));
}

async function extensionOf(version: string): Promise<Uint8Array<ArrayBuffer>> {
	return new Uint8Array(await readFile(new URL(`../../wasm/build/${version}/frankenphp.so`, import.meta.url)));
}

describe.each(PHP_VERSIONS)('php.wasm of PHP %s', (version) => {
	test('remains valid where select(), shutdown() and what mmap() clears are redirected, and that is done once', async () => {
		const binary = await phpWasm(version);
		redirectCalls(binary);
		expect(WebAssembly.validate(binary)).toBe(true);
		expect(() => redirectCalls(binary)).toThrow('php.wasm has 0 places where a stream is shut down; 1 was expected.');
	});

	test('exports what the extension imports, and little else', async () => {
		const binary = await phpWasm(version);
		const extension = await extensionOf(version);
		const exportsOf = (bytes: Uint8Array<ArrayBuffer>) =>
			WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map(({ name }) => name);
		const all = exportsOf(binary);
		const kept = exportsOf(trimExports(binary, [extension]));
		const imported = WebAssembly.Module.imports(new WebAssembly.Module(extension)).map(({ name }) => name);
		expect(kept).toEqual(expect.arrayContaining(imported.filter((name) => all.includes(name))));
		expect(kept.length).toBeLessThan(all.length / 10);
	});

	test('lists the slots of its table that hold an exported function', async () => {
		const module = new WebAssembly.Module(preparePhp(await phpWasm(version), [await extensionOf(version)]));
		const imports: WebAssembly.Imports = {};
		for (const { module: space, name } of WebAssembly.Module.imports(module)) {
			imports[space] ??= {};
			imports[space][name] = () => 0;
		}
		const { exports } = new WebAssembly.Instance(module, imports);
		const exported = new Set<unknown>(Object.values(exports));
		const table = exports.__indirect_function_table as WebAssembly.Table;
		const slots = Array.from({ length: table.length }, (_, slot) => slot);
		const expected = slots.filter((slot) => exported.has(table.get(slot)));
		expect(expected.length).toBeGreaterThan(10);
		expect([...(exportedSlots(module) ?? [])]).toEqual(expected);
	});
});

describe('the memory that a binary begins with', () => {
	const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
	const memories = (...description: number[]) =>
		new Uint8Array([...PREAMBLE, 5, description.length + 1, 1, ...description]);
	/** Pages. */
	const begun = (binary: Uint8Array<ArrayBuffer>): number => {
		expect(WebAssembly.validate(binary)).toBe(true);
		return readNumber(binary, PREAMBLE.length + 4).value;
	};

	test.each([
		['1024 pages', memories(0, 0x80, 0x08), true, INITIAL_PAGES],
		['1024 pages, at most 32768', memories(1, 0x80, 0x08, 0x80, 0x80, 0x02), true, INITIAL_PAGES],
		['more than is wanted', memories(0, 0x80, 0x10), true, 2048],
		['so few pages that the number would become longer', memories(0, 0x10), false, 16],
		['less at most than is wanted', memories(1, 0x80, 0x08, 0x80, 0x08), false, 1024],
	])('%s', (_what, binary, isEnlarged, pages) => {
		expect(enlargeInitialMemory(binary)).toBe(isEnlarged);
		expect(begun(binary)).toBe(pages);
	});

	test.each(PHP_VERSIONS)('PHP %s has what its start takes', async (version) => {
		expect(enlargeInitialMemory(await phpWasm(version))).toBe(true);
	});
});

test('a binary that is not php.wasm is refused', async () => {
	const extension = new Uint8Array(await readFile(new URL('../../wasm/build/8.4/frankenphp.so', import.meta.url)));
	expect(() => redirectCalls(extension)).toThrow('php.wasm does not export __wrap_select.');
	expect(() => listExportedSlots(extension)).toThrow('php.wasm fills its function table in an unknown way.');
	expect(exportedSlots(new WebAssembly.Module(extension))).toBeUndefined();
	expect(() => trimExports(extension.slice(0, 2000), [])).toThrow('The WASM binary ends in the middle of something.');
});

describe.each(PHP_VERSIONS)('the edits that the build has found for PHP %s', (version) => {
	const [dashed, underscored] = [version.replace('.', '-'), version.replace('.', '_')];
	const manifest = fromNode.resolve(`@php-wasm/node-${dashed}/package.json`);
	const dist = fileURLToPath(new URL('../../dist', import.meta.url));
	const folder = mkdtempSync(path.join(tmpdir(), 'igor-edits-'));
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	const withHints = (prepared: Uint8Array, early: readonly number[]): Uint8Array =>
		applyEdits(prepared, [compilationHints(prepared, early)]);
	const use = async (isStock: boolean) => ({ version, sideModules: [await extensionOf(version)], isStock });

	test.each([
		['with the faster interpreter', false],
		["on upstream's interpreter", true],
	])('make what prepares php.wasm %s', async (_, isStock) => {
		const { name, version: published } = JSON.parse(await readFile(manifest, 'utf8'));
		const binary = path.join(folder, `php_${underscored}.wasm`);
		await writeFile(binary, await phpWasm(version));
		const php = { binary, packageId: `${name}@${published}` };
		const told: string[] = [];
		const made = await readPreparedPhp(php, dist, await use(isStock), (message) => told.push(message));
		const { edits } = isStock ? { edits: [] } : fasterInterpreter(await phpWasm(version), version);
		const prepared = preparePhp(await phpWasm(version), [await extensionOf(version)], edits);
		const expected = withHints(prepared, earlyFunctions(version));
		expect(Buffer.compare(made, expected)).toBe(0);
		expect(told).toEqual([]);
		// Another side module: its imports decide what is exported, the rest is as recorded.
		const more = { ...(await use(isStock)), sideModules: [await extensionOf(version), await extensionOf(version)] };
		expect(Buffer.compare(await readPreparedPhp(php, dist, more, () => {}), expected)).toBe(0);
	});

	test('are for exactly that file of that package: another one keeps its interpreter, and the operator hears of it', async () => {
		const { name, version: published } = JSON.parse(await readFile(manifest, 'utf8'));
		const packageId = `${name}@${published}`;
		const binary = path.join(folder, `php_${underscored}.wasm`);
		await writeFile(binary, await phpWasm(version));
		const stock = withHints(preparePhp(await phpWasm(version), [await extensionOf(version)]), []);
		const longer = path.join(folder, 'longer.wasm');
		await writeFile(longer, Buffer.concat([await phpWasm(version), Uint8Array.of(0, 1, 0)]));
		for (const [file, id, from] of [
			[binary, `${name}@0.0.1`, dist],
			[binary, packageId, folder],
			[longer, packageId, dist],
		] as const) {
			const told: string[] = [];
			const made = await readPreparedPhp({ binary: file, packageId: id }, from, await use(false), (it) =>
				told.push(it),
			);
			expect(told).toEqual([expect.stringContaining(`no faster interpreter for ${id}`)]);
			if (file === binary) expect(Buffer.compare(made, stock)).toBe(0);
		}
	});
});
