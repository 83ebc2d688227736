import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { OptionsError } from '../../../config/options-error.ts';

const require = createRequire(import.meta.url);

/** The package's own folder: `wasm/` and `php-runtime/` lie there, beside `src/` and `dist/`. */
export function packageFolder(): string {
	return path.dirname(require.resolve('igor-php/package.json', { paths: [fileURLToPath(import.meta.url)] }));
}

/**
 * Where a version's glue and binaries are. Only one version comes with igor-php; the others are large.
 * @throws OptionsError when the package with that version is not installed
 */
export async function phpFolder(version: string): Promise<string> {
	const name = packageOf(version);
	try {
		return path.join(path.dirname(require.resolve(`${name}/package.json`)), 'jspi');
	} catch {
		const { peerDependencies = {} } = JSON.parse(await readFile(path.join(packageFolder(), 'package.json'), 'utf8'));
		throw new OptionsError(
			'bad_php_version',
			`PHP ${version} is not installed; add its package beside igor-php: npm install ${name}@${peerDependencies[name]}`,
		);
	}
}

/** The folder of its binary, named after the release: 8_4_25. */
export async function releaseFolder(version: string, folder: string): Promise<string> {
	const release = (await readdir(folder)).find((name) => name.startsWith(`${version.replace('.', '_')}_`));
	if (release === undefined) {
		throw new Error(`${packageOf(version)} contains no PHP ${version} for JSPI; install it anew.`);
	}
	return release;
}

/** Which release of a version is installed, such as 8.4.25. @throws OptionsError as `phpFolder` */
export async function phpRelease(version: string): Promise<string> {
	return (await releaseFolder(version, await phpFolder(version))).replaceAll('_', '.');
}

const packageOf = (version: string): string => `@php-wasm/node-${version.replace('.', '-')}`;
