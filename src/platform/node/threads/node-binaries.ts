import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { OptionsError } from '../../../config/options-error.ts';
import type { PhpExtension } from '../../../config/values.ts';
import { preparePhp } from '../../../php-binary/prepare-php.ts';
import type { ExtensionBinary } from '../../../php-thread/boot.ts';
import { loadIcuData } from './icu-data.ts';
import { readPreparedPhp } from './prepared-php.ts';

/** What every PHP thread of a server is booted from; sent to each by structured clone. */
export type PhpBinaries = {
	glue: string;
	module: WebAssembly.Module;
	extension: Uint8Array;
	extensions: ExtensionBinary[];
	/** ICU's data, in shared memory; undefined = nobody needs them. */
	icuData: Uint8Array | undefined;
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
 * @throws OptionsError when the package with that version is not installed
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
	const { folder, id } = await packageWith(version);
	const underscored = version.replace('.', '_');
	const release = (await readdir(folder)).find((name) => name.startsWith(`${underscored}_`));
	if (release === undefined) {
		throw new Error(`${packageOf(version)} contains no PHP ${version} for JSPI; install it anew.`);
	}
	const own = packageFolder();
	// Unpacked while PHP is compiled.
	const unpacking = names.includes('intl') ? loadIcuData(own) : undefined;
	const file = path.join(folder, release, `php_${underscored}.wasm`);
	const [prepared, extension, ini, ...extensions] = await Promise.all([
		names.length === 0 ? readPreparedPhp(file, path.join(own, 'dist'), version, id) : undefined,
		readFile(path.join(own, 'wasm', 'build', version, 'frankenphp.so')),
		readFile(path.join(own, 'php-runtime', 'php.ini'), 'utf8'),
		...names.map(async (name) => ({
			name,
			bytes: new Uint8Array(await readFile(path.join(folder, 'extensions', name, `${name}.so`))),
		})),
	]);
	const sideModules = [extension, ...extensions.map(({ bytes }) => bytes)];
	const module = await WebAssembly.compile(prepared ?? preparePhp(await readFile(file), sideModules));
	return {
		glue: path.join(folder, `php_${underscored}.js`),
		module,
		extension,
		extensions,
		icuData: await unpacking,
		ini,
	};
}

const packageOf = (version: string): string => `@php-wasm/node-${version.replace('.', '-')}`;

/**
 * The folder with a version's glue and binaries, and the name and version of its package. Only one version comes with
 * igor-php; the others are large.
 */
async function packageWith(version: string): Promise<{ folder: string; id: string }> {
	const name = packageOf(version);
	let file: string;
	try {
		file = require.resolve(`${name}/package.json`);
	} catch {
		const { peerDependencies = {} } = JSON.parse(await readFile(path.join(packageFolder(), 'package.json'), 'utf8'));
		throw new OptionsError(
			'bad_php_version',
			`PHP ${version} is not installed; add its package beside igor-php: npm install ${name}@${peerDependencies[name]}`,
		);
	}
	const installed = JSON.parse(await readFile(file, 'utf8'));
	return { folder: path.join(path.dirname(file), 'jspi'), id: `${name}@${installed.version}` };
}
