import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { runProgram } from './support/command-line.ts';
import { cleanUp, writeApp } from './support/igor.ts';

afterAll(cleanUp);

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CHANGES = '# Changelog\n\n## [1.2.3] - 2026-12-01\n\n### Added\n\n- something\n';
const PACKAGE = { name: 'small', version: '1.2.3', license: 'MIT', files: ['lib'] };

/** A small repository with the script, committed, and what is changed after the commit. */
function repository(
	files: Readonly<Record<string, string>> = {},
	after: Readonly<Record<string, string>> = {},
): string {
	const folder = writeApp({
		'package.json': JSON.stringify(PACKAGE),
		'package-lock.json': JSON.stringify({ name: 'small', version: '1.2.3', lockfileVersion: 3, packages: {} }),
		'CHANGELOG.md': CHANGES,
		'README.md': '# small\n',
		'lib/index.js': 'export {};\n',
		...files,
	});
	mkdirSync(join(folder, 'scripts'));
	cpSync(`${ROOT}scripts/release.mjs`, join(folder, 'scripts/release.mjs'));
	const git = (...args: string[]) =>
		execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.test', ...args], { cwd: folder });
	git('init', '-q');
	git('add', '-A');
	git('commit', '-qm', 'all');
	for (const [name, text] of Object.entries(after)) {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), text);
	}
	return folder;
}

/** Against a registry that nobody answers at: nothing can be published by mistake. */
function release(folder: string, ...options: string[]) {
	return runProgram(process.execPath, [join(folder, 'scripts/release.mjs'), '--no-build', ...options], {
		cwd: folder,
		env: { npm_config_registry: 'http://127.0.0.1:9/', npm_config_update_notifier: 'false' },
	});
}

describe('npm run release', { timeout: 60_000 }, () => {
	test('--dry-run says what it would publish, and publishes nothing', async () => {
		const { status, out, err } = await release(repository(), '--dry-run');
		expect({ status, err }).toEqual({ status: 0, err: '' });
		expect(out).toMatch(/^small@1\.2\.3: 3 files, \d+\.\d kB; packed \d+\.\d kB$/m);
		expect(out).toMatch(/^ {2}lib\/ +1 {2}0\.0 kB$/m);
		expect(out).toContain(
			'Would publish small@1.2.3 to http://127.0.0.1:9/: npm publish --ignore-scripts --tag latest',
		);
		expect(out.trimEnd().split('\n').at(-1)).toBe('Nothing was published; --yes does it.');
	});

	test('without any option it publishes nothing, either; --dry-run wins over --yes', async () => {
		const folder = repository();
		for (const options of [[], ['--dry-run', '--yes']]) {
			const { status, out } = await release(folder, ...options);
			expect([status, out]).toEqual([0, expect.stringContaining('Nothing was published; --yes does it.')]);
		}
	});

	test.each([
		['a tree with changes', {}, { 'lib/index.js': '1' }, 'the tree is not clean: 1 file differs'],
		['a file that is not committed', {}, { 'lib/new.js': '1' }, 'the tree is not clean: 1 file differs'],
		[
			'no section',
			{ 'CHANGELOG.md': '## [1.2.2] - 2026-01-01\n\n- x\n' },
			{},
			'CHANGELOG.md has no section "## [1.2.3]',
		],
		['no changelog', { 'CHANGELOG.md': '' }, {}, 'CHANGELOG.md has no section'],
		['a section without date', { 'CHANGELOG.md': '## [1.2.3]\n\n- x\n' }, {}, 'has no date'],
		[
			'an empty section',
			{ 'CHANGELOG.md': '## [1.2.3] - 2026-12-01\n\n## [1.2.2] - 2026-11-01\n\n- x\n' },
			{},
			'the section of 1.2.3 is empty',
		],
		['no version', { 'package.json': JSON.stringify({ ...PACKAGE, version: '1.2.3-' }) }, {}, "'1.2.3-' is no version"],
		[
			'another version in the lock',
			{ 'package-lock.json': '{"version": "1.2.2"}' },
			{},
			'package-lock.json has the version 1.2.2',
		],
		[
			'a home',
			{ 'lib/index.js': "import '/home/somebody/x.js';" },
			{},
			'lib/index.js contains the home folder /home/somebody',
		],
		[
			'a registry',
			{ 'lib/index.js': '// http://127.0.0.1:9/small' },
			{},
			'lib/index.js contains the host of your registry',
		],
		[
			'a registry in the lock',
			{ 'package-lock.json': '{"version": "1.2.3", "x": {"resolved": "https://npm.example.test/a"}}' },
			{},
			'addresses that packages came from; remove them',
		],
	])('%s is a problem, even with --yes', async (_what, files, after, problem) => {
		const { status, out } = await release(repository(files, after), '--yes');
		expect(status).toBe(1);
		expect(out).toContain(`Problem: ${problem.startsWith('packages') ? 'package-lock.json contains ' : ''}`);
		expect(out).toContain(problem);
		expect(out).toMatch(/^Nothing was published: \d+ problems?\.$/m);
	});

	test('the path of the clone is found, whatever it is', async () => {
		const folder = repository();
		writeFileSync(join(folder, 'lib/index.js'), `// ${folder}/src/index.ts\n`);
		expect((await release(folder, '--dry-run')).out).toContain('lib/index.js contains the path of this clone');
	});

	test('a version that is out already', async () => {
		const folder = repository();
		const git = (...args: string[]) =>
			execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.test', ...args], { cwd: folder });
		git('tag', 'v1.2.3');
		expect((await release(folder)).status).toBe(0);
		git('commit', '-q', '--allow-empty', '-m', 'next');
		expect((await release(folder)).out).toContain('the tag v1.2.3 is another commit');
	});

	test('of this repository: no path of a machine, no registry, and the changelog has the version', async () => {
		const { out, err } = await runProgram('npm', ['run', '--silent', 'release', '--', '--dry-run', '--no-build'], {
			cwd: ROOT,
		});
		expect(err).toBe('');
		expect(out).toMatch(/^igor-php@\d+\.\d+\.\d+: \d+ files, [\d.]+ MB; packed [\d.]+ MB$/m);
		expect(out).toMatch(/^ {2}wasm\/build\/ /m);
		// A tree in work has changes, and a build for tests no types; the rest holds at any time.
		const problems = out.split('\n').filter((line) => /^Problem: (?!the tree is not clean|dist\/types\/)/.test(line));
		expect(problems).toEqual([]);
	});
});
