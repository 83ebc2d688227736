import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PhpExtension } from '../../../config/values.ts';
import { preparePhp } from '../../../php-binary/prepare-php.ts';
import type { ExtensionBinary } from '../../../php-thread/boot.ts';

/** What every PHP thread of a server is booted from; sent to each by structured clone. */
export type PhpBinaries = {
	glue: string;
	module: WebAssembly.Module;
	extension: Uint8Array;
	extensions: ExtensionBinary[];
	/** ICU's data on the host; undefined = not needed. */
	icuData: string | undefined;
	ini: string;
};

const require = createRequire(import.meta.url);
const cache = new Map<string, Promise<PhpBinaries>>();

/** The package's own folder: `wasm/` and `php-runtime/` lie there, beside `src/` and `dist/`. */
export function packageFolder(): string {
	return path.dirname(require.resolve('igor-php/package.json', { paths: [fileURLToPath(import.meta.url)] }));
}

/**
 * Loads and compiles PHP once per process, version and set of extensions. Main thread.
 * @throws when the installed `@php-wasm/node` lacks that version
 */
export function loadPhpBinaries(version: string, extensions: readonly PhpExtension[]): Promise<PhpBinaries> {
	const key = [version, ...extensions].join();
	const cached = cache.get(key);
	if (cached !== undefined) return cached;
	const loading = load(version, extensions);
	cache.set(key, loading);
	loading.catch(() => cache.delete(key));
	return loading;
}

async function load(version: string, names: readonly PhpExtension[]): Promise<PhpBinaries> {
	const dashed = version.replace('.', '-');
	const fromNode = createRequire(require.resolve('@php-wasm/node/package.json'));
	const folder = path.join(path.dirname(fromNode.resolve(`@php-wasm/node-${dashed}/package.json`)), 'jspi');
	const underscored = version.replace('.', '_');
	const release = (await readdir(folder)).find((name) => name.startsWith(`${underscored}_`));
	if (release === undefined) {
		throw new Error(`@php-wasm/node-${dashed} contains no PHP ${version} for JSPI; reinstall it with "npm ci".`);
	}
	const own = packageFolder();
	const [binary, extension, ini, ...extensions] = await Promise.all([
		readFile(path.join(folder, release, `php_${underscored}.wasm`)),
		readFile(path.join(own, 'wasm', 'build', version, 'frankenphp.so')),
		readFile(path.join(own, 'php-runtime', 'php.ini'), 'utf8'),
		...names.map(async (name) => ({
			name,
			bytes: new Uint8Array(await readFile(path.join(folder, 'extensions', name, `${name}.so`))),
		})),
	]);
	const sideModules = [extension, ...extensions.map(({ bytes }) => bytes)];
	const module = await WebAssembly.compile(preparePhp(binary, sideModules));
	const icuData = names.includes('intl')
		? path.join(path.dirname(require.resolve('@php-wasm/node/package.json')), 'shared', 'icu.dat')
		: undefined;
	return { glue: path.join(folder, `php_${underscored}.js`), module, extension, extensions, icuData, ini };
}
