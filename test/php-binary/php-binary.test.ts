import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../src/config/values.ts';
import { exportedSlots, listExportedSlots } from '../../src/php-binary/exported-slots.ts';
import { preparePhp } from '../../src/php-binary/prepare-php.ts';
import { redirectCalls } from '../../src/php-binary/redirect-calls.ts';
import { trimExports } from '../../src/php-binary/trim-exports.ts';
import { readPreparedPhp } from '../../src/platform/node/threads/prepared-php.ts';

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

	test('make what prepares php.wasm', async () => {
		const { name, version: published } = JSON.parse(await readFile(manifest, 'utf8'));
		const binary = path.join(folder, `php_${underscored}.wasm`);
		await writeFile(binary, await phpWasm(version));
		const made = await readPreparedPhp({ binary, packageId: `${name}@${published}` }, dist, version);
		const expected = preparePhp(await phpWasm(version), [await extensionOf(version)]);
		expect(Buffer.compare(made ?? new Uint8Array(), expected)).toBe(0);
	});

	test('are for exactly that file of that package', async () => {
		const { name, version: published } = JSON.parse(await readFile(manifest, 'utf8'));
		const packageId = `${name}@${published}`;
		const other = path.join(folder, 'other.wasm');
		await writeFile(other, 'something else');
		expect(await readPreparedPhp({ binary: other, packageId }, dist, version)).toBeUndefined();
		expect(await readPreparedPhp({ binary: other, packageId: `${name}@0.0.1` }, dist, version)).toBeUndefined();
		expect(await readPreparedPhp({ binary: other, packageId }, folder, version)).toBeUndefined();
	});
});
