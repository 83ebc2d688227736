// Checks what a release would publish, and says it: `npm run release -- --dry-run`. Publishes only with --yes, and only when
// nothing is wrong. `--no-build` looks at dist/ as it is.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** Without these there is nothing to run. Paths that end in a slash: something in that folder. */
const EXPECTED = [
	'LICENCES.md',
	'bin/',
	'dist/index.js',
	'dist/cli.js',
	'dist/types/index.d.ts',
	'dist/browser/',
	'wasm/build/',
];
/** A folder of a person on some machine. */
const HOMES = /(?<![\w.})])\/(?:home|Users|root)\/[\w.-]+/g;
/** Such folders that are those of upstream's builds, in what they made. */
const OF_UPSTREAM = ['/home/web_user', '/root/install'];
/** What lies in a clone: with one of these behind it, the clone's path is that of this machine, and not of an example. */
const IN_A_CLONE = '(?:src|dist|test|docs|scripts|wasm|node_modules)';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: flags } = parseArgs({
	options: {
		'dry-run': { type: 'boolean', default: false },
		yes: { type: 'boolean', default: false },
		'no-build': { type: 'boolean', default: false },
	},
});
const publishes = flags.yes && !flags['dry-run'];
const described = JSON.parse(read('package.json'));
const registry = run('npm', ['config', 'get', 'registry']).trim();

const problems = [...problemsOfTree(), ...problemsOfVersion(), ...problemsOfChangelog()];
// What is published is what the sources of now make.
if (!flags['no-build']) run(process.execPath, ['scripts/build.mjs']);
const [packed] = JSON.parse(run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']));
problems.push(
	...problemsOfFiles(packed.files),
	...leaksOf(
		packed.files.map(({ path }) => path),
		trackedFiles(),
	),
);

say(`${packed.id}: ${packed.files.length} files, ${size(packed.unpackedSize)}; packed ${size(packed.size)}`);
for (const [folder, { files, bytes }] of byFolder(packed.files))
	say(`  ${folder.padEnd(20)} ${String(files).padStart(4)}  ${size(bytes)}`);
for (const problem of problems) say(`Problem: ${problem}`);
if (problems.length > 0) {
	say(`Nothing was published: ${problems.length === 1 ? '1 problem' : `${problems.length} problems`}.`);
	process.exitCode = 1;
} else if (publishes) {
	// With the terminal: npm may ask for a one-time password.
	const { status } = spawnSync('npm', publishCommand(), { cwd: root, stdio: 'inherit' });
	process.exitCode = status ?? 1;
} else {
	say(`Would publish ${packed.id} to ${registry}: npm ${publishCommand().join(' ')}`);
	say('Nothing was published; --yes does it.');
}

function publishCommand() {
	// A version such as 1.0.0-beta.1 must not be what a plain `npm install` brings.
	return ['publish', '--ignore-scripts', '--tag', described.version.includes('-') ? 'next' : 'latest'];
}

function problemsOfTree() {
	const changed = run('git', ['status', '--porcelain']).trimEnd();
	if (changed === '') return [];
	const lines = changed.split('\n');
	return [
		`the tree is not clean: ${lines.length} ${lines.length === 1 ? 'file differs' : 'files differ'} from the commit (${lines[0].slice(3)} …); commit or remove`,
	];
}

function problemsOfVersion() {
	const { version } = described;
	if (!/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version)) return [`package.json: '${version}' is no version such as 1.2.3`];
	const locked = JSON.parse(read('package-lock.json') || '{}').version;
	if (locked !== version)
		return [`package-lock.json has the version ${locked}, package.json ${version}; run npm install`];
	const tag = spawnSync('git', ['rev-parse', '-q', '--verify', `v${version}^{commit}`], {
		cwd: root,
		encoding: 'utf8',
	});
	if (tag.status === 0 && tag.stdout.trim() !== run('git', ['rev-parse', 'HEAD']).trim()) {
		return [`the tag v${version} is another commit: this version is out; choose the next one`];
	}
	return [];
}

function problemsOfChangelog() {
	const { version } = described;
	const sections = read('CHANGELOG.md').split(/^## /m).slice(1);
	const section = sections.find((text) => text.startsWith(`[${version}]`));
	if (section === undefined) return [`CHANGELOG.md has no section "## [${version}] - YYYY-MM-DD"`];
	const [heading, ...lines] = section.split('\n');
	const found = [];
	if (!/ - \d{4}-\d\d-\d\d$/.test(heading))
		found.push(`CHANGELOG.md: the section of ${version} has no date: "## [${version}] - YYYY-MM-DD"`);
	if (!lines.some((line) => line.startsWith('- '))) found.push(`CHANGELOG.md: the section of ${version} is empty`);
	return found;
}

function problemsOfFiles(files) {
	const expected = described.name === 'igor-php' ? EXPECTED : [];
	const missing = expected.filter(
		(name) => !files.some(({ path }) => (name.endsWith('/') ? path.startsWith(name) : path === name)),
	);
	return missing.map((name) => `${name} is not in the package; build it`);
}

/** What names this machine, somebody's home, or a registry of somebody's own. */
function leaksOf(packedFiles, tracked) {
	const clone = new RegExp(`${RegExp.escape(root)}${IN_A_CLONE}\\b`);
	const { host } = new URL(registry);
	const isLeak = (text) => {
		const found = [];
		if (clone.test(text)) found.push('the path of this clone');
		if (text.includes(host)) found.push('the host of your registry');
		return found;
	};
	const ofPerson = (text) => {
		const home = text.match(HOMES)?.find((path) => !OF_UPSTREAM.includes(path));
		return home === undefined ? [] : [`the home folder ${home}`];
	};
	const leaks = new Map();
	for (const name of new Set([...packedFiles, ...tracked])) {
		const text = readFileSync(join(root, name), 'latin1');
		const found = [
			...isLeak(text),
			...(packedFiles.includes(name) ? ofPerson(text) : []),
			...(name === 'package-lock.json' ? addresses(text) : []),
		];
		if (found.length > 0) leaks.set(name, found);
	}
	return [...leaks].map(([name, found]) => `${name} contains ${found.join(' and ')}`);
}

/** npm takes packages from whatever registry it is set to, unless the lock file says where they came from. */
function addresses(lock) {
	return /"resolved": "https?:/.test(lock) ? ['addresses that packages came from; remove them'] : [];
}

function trackedFiles() {
	return run('git', ['ls-files', '-z'])
		.split('\0')
		.filter((name) => name !== '');
}

function byFolder(files) {
	const folders = new Map();
	for (const { path, size: bytes } of files) {
		const parts = path.split('/');
		const folder = parts.length === 1 ? '(top)' : `${parts.slice(0, Math.min(2, parts.length - 1)).join('/')}/`;
		const sum = folders.get(folder) ?? { files: 0, bytes: 0 };
		folders.set(folder, { files: sum.files + 1, bytes: sum.bytes + bytes });
	}
	return [...folders].sort(([a], [b]) => (a < b ? -1 : 1));
}

function read(name) {
	try {
		return readFileSync(join(root, name), 'utf8');
	} catch {
		return '';
	}
}

/** Its stdout; a program that fails ends the release. */
function run(command, args) {
	const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 64e6 });
	if (status === 0) return stdout;
	process.stderr.write(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}\n`);
	process.exit(1);
}

function size(bytes) {
	return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function say(line) {
	process.stdout.write(`${line}\n`);
}
