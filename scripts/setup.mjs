// What `npm start` and `npm test` need on a fresh clone: the packages, then the build. Does nothing, fast, when both
// are newer than what they are made from. Any Node ≥ 20, no packages.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const installed = time('node_modules/.package-lock.json');
if (installed === 0 || time('package-lock.json') > installed) {
	run('Installing packages', 'npm', ['ci', '--no-audit', '--no-fund']);
}
const folders = ['src', 'php-runtime', 'wasm/build'].map(newest);
const scripts = ['build', 'build-browser', 'third-party-licences'].map((name) => `scripts/${name}.mjs`);
const files = [...scripts, 'package-lock.json', 'tsconfig.json'].map(time);
const sources = Math.max(...folders, ...files);
if (sources > time('dist/.built')) {
	run('Building', process.execPath, [join(root, 'scripts', 'build.mjs'), '--no-types']);
}

/** Modification time in milliseconds; 0 = not there. */
function time(path) {
	return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Of a folder's files and of the folders themselves, whose time changes when a file is removed. */
function newest(folder) {
	let latest = time(folder);
	for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
		const path = join(folder, entry.name);
		latest = Math.max(latest, entry.isDirectory() ? newest(path) : time(path));
	}
	return latest;
}

/** Runs a step; its output goes to stderr, because stdout belongs to what comes after. */
function run(what, command, args) {
	process.stderr.write(`${what} …\n`);
	const { status, error } = spawnSync(command, args, {
		cwd: root,
		stdio: ['ignore', 2, 2],
		shell: process.platform === 'win32' && command === 'npm',
	});
	if (status === 0) return;
	process.stderr.write(`${what} failed${error ? `: ${error.message}` : ''}; see above.\n`);
	process.exit(1);
}
