import { access, readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { OptionsError } from '../../../config/options-error.ts';
import type { PhpVersion } from '../../../config/values.ts';
import { type Glue, glueName } from './glue.ts';

/** Where the parts of one PHP lie on the host. */
export interface PhpFiles {
	readonly glue: Glue;
	readonly binary: string;
	/** The folder of all this, with `extensions/`. */
	readonly folder: string;
	/** Of PHP, as `8.4.25`. */
	readonly release: string;
	/** Name and version of the package, as `@php-wasm/node-8-4@3.1.54`. */
	readonly packageId: string;
}

/** Who runs PHP: upstream builds it for each, in packages of their own. */
export type PhpTarget = 'node' | 'web';

const require = createRequire(import.meta.url);

/** The package's own folder: `wasm/` and `php-runtime/` lie there, beside `src/` and `dist/`. */
export function packageFolder(): string {
	return path.dirname(require.resolve('igor-php/package.json', { paths: [fileURLToPath(import.meta.url)] }));
}

/**
 * Finds the package of upstream with a version of PHP. Only PHP 8.4 for Node.js comes with igor-php; the others are large.
 *
 * @throws OptionsError, code `bad_php_version`, when it is not installed: the sentence says how to install it
 */
export async function findPhp(target: PhpTarget, version: PhpVersion): Promise<PhpFiles> {
	const manifest = await manifestOf(target, version);
	const folder = path.join(path.dirname(manifest), 'jspi');
	const installed = JSON.parse(await readFile(manifest, 'utf8'));
	const underscored = version.replace('.', '_');
	const packageId = `${packageOf(target, version)}@${installed.version}`;
	const release = (await readdir(folder)).find((entry) => entry.startsWith(`${underscored}_`));
	if (release === undefined) {
		throw new OptionsError(
			'bad_php_version',
			`${packageOf(target, version)} contains no PHP ${version} for JSPI; install it anew: ${await installCommand(target, version)}`,
		);
	}
	return {
		folder,
		glue: (await builtGlue(packageId)) ?? { file: path.join(folder, `php_${underscored}.js`), isScript: false },
		binary: path.join(folder, release, `php_${underscored}.wasm`),
		release: release.replaceAll('_', '.'),
		packageId,
	};
}

async function builtGlue(packageId: string): Promise<Glue | undefined> {
	const file = path.join(packageFolder(), 'dist', glueName(packageId));
	const isThere = await access(file).then(
		() => true,
		() => false,
	);
	return isThere ? { file, isScript: true } : undefined;
}

const packageOf = (target: PhpTarget, version: PhpVersion): string =>
	`@php-wasm/${target}-${version.replace('.', '-')}`;

async function manifestOf(target: PhpTarget, version: PhpVersion): Promise<string> {
	try {
		return require.resolve(`${packageOf(target, version)}/package.json`);
	} catch {
		const what = target === 'node' ? `PHP ${version}` : `PHP ${version} for browsers`;
		throw new OptionsError(
			'bad_php_version',
			`${what} is not installed; add its package beside igor-php: ${await installCommand(target, version)}`,
		);
	}
}

/** The command that installs the release that this igor-php was made with. */
export async function installCommand(target: PhpTarget, version: PhpVersion): Promise<string> {
	const name = packageOf(target, version);
	const described = await readFile(path.join(packageFolder(), 'package.json'), 'utf8');
	const { dependencies, peerDependencies } = JSON.parse(described);
	return `npm install ${name}@${dependencies[name] ?? peerDependencies[name]}`;
}
