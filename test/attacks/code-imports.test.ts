import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../src/config/values.ts';
import { guardImports, importKind } from '../../src/php-thread/guarded-imports.ts';

const require = createRequire(import.meta.url);

/** Every php.wasm that Igor ships with, of Node and of browsers. */
const BINARIES = ['node', 'web'].flatMap((host) =>
	PHP_VERSIONS.map((version) => {
		const from = createRequire(require.resolve(`@php-wasm/${host}/package.json`));
		const [dashed, underscored] = [version.replace('.', '-'), version.replace('.', '_')];
		const folder = join(dirname(from.resolve(`@php-wasm/${host}-${dashed}/package.json`)), 'jspi');
		const release = readdirSync(folder).find((name) => name.startsWith(`${underscored}_`)) ?? '';
		return { host, version, file: join(folder, release, `php_${underscored}.wasm`) };
	}),
);

describe.each(BINARIES)('php.wasm of PHP $version for $host', ({ file }) => {
	test('imports nothing that nobody has looked at: say in guarded-imports.ts who answers it', () => {
		const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(file)));
		const names = imports.filter(({ kind }) => kind === 'function').map(({ name }) => name);
		expect(names.length).toBeGreaterThan(50);
		expect(names.filter((name) => importKind(name) === undefined)).toEqual([]);
	});
});

test('an import that is not known to be harmless is refused unless Igor has replaced it', () => {
	const glues = { fd_write: () => 1, _emscripten_system: () => 1, js_new_way_out: () => 1, __syscall_connect: () => 1 };
	const env: Record<string, () => number> = { ...glues, __syscall_connect: () => 2 };
	const tag = {};
	const all: Record<string, unknown> = Object.assign(env, { __c_longjmp: tag });
	guardImports(all, { ...glues, __c_longjmp: tag });
	expect(all.__c_longjmp).toBe(tag);
	Reflect.deleteProperty(env, '__c_longjmp');
	const results = Object.entries(env).map(([name, call]) => [name, call()]);
	expect(Object.fromEntries(results)).toEqual({
		fd_write: 1,
		_emscripten_system: -1,
		js_new_way_out: -52,
		__syscall_connect: 2,
	});
});
