// Writes LICENCES.md: whose code comes with the npm package, and under which licence. `npm run licences`.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PHP_EXTENSIONS, PHP_VERSIONS } from '../../src/config/values.ts';
import { table } from '../docs/table.ts';
import { BY_HAND, KNOWN_EXTENSIONS, LIBRARIES } from './libraries.ts';

interface Facts {
	readonly extensions: readonly string[];
	readonly versions: Readonly<Record<string, string>>;
}

interface Locked {
	readonly version: string;
	readonly license?: string;
	readonly dev?: boolean;
	readonly peer?: boolean;
	readonly devOptional?: boolean;
	readonly os?: readonly string[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The page as lock file, build and PHP would have it.
 *
 * @throws Error for a package that does not say its licence, and for an extension of PHP that nobody has looked up
 */
export async function licencesPage(): Promise<string> {
	return `# Licences

igor-php itself is under the [GPL 2.0 or later](LICENSE). This page is written by \`npm run licences\`: from the lock file, from
what the build has bundled, and from what each PHP says of itself.

## Packages that an install brings

${table(['package', 'version', 'licence'], installed())}

The other PHP versions, \`@php-wasm/node-8-…\` and \`@php-wasm/web-8-…\`, are packages that one adds; they are under the
GPL-2.0-or-later, too.

## Packages whose code is bundled

Their notices are in \`dist/THIRD-PARTY-LICENCES.txt\`.

${table(['package', 'version', 'licence'], bundled())}

## In the PHP builds

What the packages of \`@php-wasm\` have compiled in; what Igor adds to them, \`frankenphp.so\`, is its own. Where there is a – in
place of a version, PHP does not tell it; where there is nothing, that PHP does not have it.

${table(['', 'for', ...PHP_VERSIONS.map((version) => `PHP ${version}`), 'licence'], await compiled())}
`;
}

/** All that is no development dependency; of packages for one system each, one line. */
function installed(): string[][] {
	const { packages } = JSON.parse(read('package-lock.json')) as { packages: Readonly<Record<string, Locked>> };
	const rows = Object.entries(packages).flatMap(([path, { version, license, dev, peer, devOptional, os }]) => {
		if (path === '' || dev || peer || devOptional) return [];
		const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
		const shown = os === undefined ? name : `${name.replace(/-.*/, '')}-*, one of them`;
		return [[shown, version, license ?? BY_HAND[name] ?? unknown(name)]];
	});
	return unique(rows);
}

function bundled(): string[][] {
	const notices = read('dist/THIRD-PARTY-LICENCES.txt')
		.split(/\n-{80}\n/)
		.slice(1);
	const heads = notices.flatMap((notice) => notice.trim().split('\n\n', 1)[0]?.split('\n') ?? []);
	const rows = heads.map((head) => {
		const [, name, version, licence] = /^(\S+) (\d[^\s,]*)(?:, ([^,]+))?/.exec(head) ?? [];
		if (name === undefined || version === undefined) throw new Error(`No name and version: ${head}`);
		return [name, version, BY_HAND[name] ?? licence ?? unknown(name)];
	});
	return unique(rows);
}

async function compiled(): Promise<string[][]> {
	const all = await Promise.all(PHP_VERSIONS.map(factsOf));
	for (const { extensions } of all) {
		const others = extensions.filter((name) => !KNOWN_EXTENSIONS.has(name));
		if (others.length > 0)
			throw new Error(`PHP has ${others.join(', ')}: which library is that? Add it to libraries.ts.`);
	}
	const told = new Set(all.flatMap(({ versions }) => Object.keys(versions)));
	for (const { name } of LIBRARIES) told.delete(name);
	if (told.size > 0) throw new Error(`facts.php tells of ${[...told].join(', ')}, which libraries.ts does not have.`);
	return LIBRARIES.map(({ name, licence, use, only = PHP_VERSIONS }) => [
		name,
		use,
		...PHP_VERSIONS.map((version, at) => (only.includes(version) ? (all[at]?.versions[name] ?? '–') : '')),
		licence,
	]);
}

async function factsOf(version: string): Promise<Facts> {
	const extensions = PHP_EXTENSIONS.flatMap((name) => ['--ext', name]);
	const script = fileURLToPath(new URL('facts.php', import.meta.url));
	const args = [join(root, 'bin/igor.js'), 'php-cli', '--php', version, ...extensions, script];
	const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
	return JSON.parse(stdout) as Facts;
}

function unknown(name: string): never {
	throw new Error(`${name} does not say its licence; look it up, and add it to libraries.ts.`);
}

function unique(rows: string[][]): string[][] {
	return [...new Map(rows.map((row) => [row.join(' '), row])).entries()]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([, row]) => row);
}

function read(name: string): string {
	return readFileSync(join(root, name), 'utf8');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(join(root, 'LICENCES.md'), await licencesPage());
