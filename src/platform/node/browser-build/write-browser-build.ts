import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { OptionsError } from '../../../config/options-error.ts';
import type { PhpVersion } from '../../../config/values.ts';
import { fasterInterpreter } from '../../../php-binary/interpreter/faster-interpreter.ts';
import { preparePhp } from '../../../php-binary/prepare-php.ts';
import { findPhp, installCommand, packageFolder } from '../threads/php-packages.ts';

/** What the build calls its files for browsers: `php-8.4.wasm` → `php-8.4-HASH.wasm`. */
type Names = Readonly<Record<string, string>>;

/** A name that an earlier build may have had. */
const HASHED = /^(?:php|tls|(?:php|php-thread|frankenphp)-\d+\.\d+)-[0-9a-f]{8}\.(?:ini|js|so|wasm)$/;

/**
 * Writes what a page needs to run PHP: Igor's files for browsers, and `php.wasm` of each version, made here from upstream's
 * package because three of them are 58 MB. Files of an earlier build go; whatever else lies in the folder stays.
 *
 * @param folder is made when it is not there
 * @returns the files' names
 * @throws OptionsError, code `bad_php_version`, when upstream's package with a version is missing, or is another release
 */
export async function writeBrowserBuild(folder: string, versions: readonly PhpVersion[]): Promise<string[]> {
	const source = path.join(packageFolder(), 'dist', 'browser');
	const names: Names = JSON.parse(await readFile(path.join(source, 'assets.json'), 'utf8'));
	const binaries = await Promise.all(versions.map((version) => makeBinary(version, names)));
	await mkdir(folder, { recursive: true });
	await Promise.all(binaries.map(({ file, content }) => writeFile(path.join(folder, file), content)));
	const made = binaries.map(({ file }) => file);
	// Into the package itself, for those who let their bundler take the files from there.
	if ((await realpath(folder)) === (await realpath(source))) return made;
	const copied = await otherFiles(source, names, versions);
	await Promise.all(copied.map((file) => copyFile(path.join(source, file), path.join(folder, file))));
	const written = [...made, ...copied].sort();
	const outdated = (await readdir(folder)).filter((file) => HASHED.test(file) && !written.includes(file));
	await Promise.all(outdated.map((file) => rm(path.join(folder, file))));
	return written;
}

/** The files of a build that these versions need, but for their binaries. */
async function otherFiles(source: string, names: Names, versions: readonly PhpVersion[]): Promise<string[]> {
	const ofOthers = Object.entries(names).filter(([asset]) => {
		const version = /-(\d+\.\d+)\./.exec(asset)?.[1];
		return version !== undefined && !versions.some((wanted) => wanted === version);
	});
	const left = ['assets.json', ...ofOthers.map(([, file]) => file)];
	return (await readdir(source)).filter((file) => !file.endsWith('.wasm') && !left.includes(file));
}

/** The same bytes that the build has hashed, or nothing: the page asks for them by that name, and may keep them for ever. */
async function makeBinary(version: PhpVersion, names: Names): Promise<{ file: string; content: Uint8Array }> {
	const { binary } = await findPhp('web', version);
	const extension = await readFile(path.join(packageFolder(), 'wasm', 'build', version, 'frankenphp.so'));
	const upstream = await readFile(binary);
	const content = preparePhp(upstream, [extension], fasterInterpreter(upstream, version).edits);
	const file = names[`php-${version}.wasm`] ?? '';
	const [, hash = '?'] = /-([0-9a-f]{8})\.wasm$/.exec(file) ?? [];
	if (!createHash('sha256').update(content).digest('hex').includes(hash)) {
		throw new OptionsError(
			'bad_php_version',
			`The package with PHP ${version} for browsers is not the release that igor-php was built with; install that: ${await installCommand('web', version)}`,
		);
	}
	return { file, content };
}
