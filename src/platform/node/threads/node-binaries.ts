import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PhpExtension, PhpVersion } from '../../../config/values.ts';
import { compiledAtFirstCall } from '../../../php-binary/compilation-hints.ts';
import type { ExtensionBinary } from '../../../php-thread/system-files.ts';
import { readPreparedPhp } from './edited-php.ts';
import type { Glue } from './glue.ts';
import { loadIcuData } from './icu-data.ts';
import { findPhp, packageFolder } from './php-packages.ts';

/** What every PHP thread of a server is booted from; sent to each by structured clone. */
export type PhpBinaries = {
	glue: Glue;
	module: WebAssembly.Module;
	extension: Uint8Array;
	extensions: ExtensionBinary[];
	/** ICU's data, in shared memory; undefined = nobody needs them. */
	icuData: Uint8Array | undefined;
	ini: string;
};

const cache = new Map<string, Promise<PhpBinaries>>();

/**
 * Loads and compiles PHP once per process, version and set of extensions. Main thread.
 * @param onSlow hears, for the operator, that PHP has to run on upstream's interpreter
 * @param flagged the flags are set by which PHP is compiled
 * @throws OptionsError when the package with that version is not installed
 */
export function loadPhpBinaries(
	version: PhpVersion,
	extensions: readonly PhpExtension[],
	onSlow: (message: string) => void = () => {},
	flagged: Promise<void> = Promise.resolve(),
): Promise<PhpBinaries> {
	const key = keyOf(version, extensions);
	const cached = cache.get(key);
	if (cached !== undefined) return cached;
	const loading = load(version, extensions, onSlow, flagged);
	cache.set(key, loading);
	loading.catch(() => cache.delete(key));
	return loading;
}

/** Whether this process has loaded that PHP, or does so now. Main thread. */
export function hasLoaded(version: PhpVersion, extensions: readonly PhpExtension[]): boolean {
	return cache.has(keyOf(version, extensions));
}

const keyOf = (version: PhpVersion, extensions: readonly PhpExtension[]): string => [version, ...extensions].join();

async function load(
	version: PhpVersion,
	names: readonly PhpExtension[],
	onSlow: (message: string) => void,
	flagged: Promise<void>,
): Promise<PhpBinaries> {
	const php = await findPhp('node', version);
	const own = packageFolder();
	// Unpacked while PHP is compiled.
	const unpacking = names.includes('intl') ? loadIcuData(own) : undefined;
	const [extension, ini, ...extensions] = await Promise.all([
		readFile(path.join(own, 'wasm', 'build', version, 'frankenphp.so')),
		readFile(path.join(own, 'php-runtime', 'php.ini'), 'utf8'),
		...names.map(async (name) => ({
			name,
			bytes: new Uint8Array(await readFile(path.join(php.folder, 'extensions', name, `${name}.so`))),
		})),
	]);
	const use = {
		version,
		sideModules: [extension, ...extensions.map(({ bytes }) => bytes)],
		isStock: process.env.IGOR_STOCK_PHP === '1',
	};
	const [binary] = await Promise.all([readPreparedPhp(php, path.join(own, 'dist'), use, onSlow), flagged]);
	const module = await WebAssembly.compile(binary);
	return {
		glue: php.glue,
		module,
		extension: compiledAtFirstCall(extension),
		extensions: extensions.map(({ name, bytes }) => ({ name, bytes: compiledAtFirstCall(bytes) })),
		icuData: await unpacking,
		ini,
	};
}
