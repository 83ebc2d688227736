// Runs PHP's own tests of Fibers, Zend/tests/fibers/*.phpt of php-src, on Igor's PHP. They are not committed: they are
// PHP's. Usage: npm run test:zend-fibers [-- DIR [8.2 8.4 8.5]]; DIR is Zend/tests/fibers of an unpacked php-src, by
// default .cache/php-src/VERSION/Zend/tests/fibers of each version, else that of 8.2, unpacked from Debian's source package.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PHP_VERSIONS } from '../../../src/config/values.ts';
import { asBefore84, matches, parsePhpt } from './phpt.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const cache = join(root, '.cache', 'php-src');
const KNOWN = new Set([
	'TEST',
	'DESCRIPTION',
	'CREDITS',
	'EXTENSIONS',
	'FILE',
	'EXPECT',
	'EXPECTF',
	'EXPECTREGEX',
	'SKIPIF',
	'INI',
]);
/** Extensions that tests ask for and WASM cannot have. */
const LACKING = ['pcntl'];
const TIME_LIMIT = 30_000;
const AT_A_TIME = 2;

/** Settings that run-tests.php gives to every test, where Igor's differ. */
const INI = {
	error_reporting: '32767',
	display_errors: '1',
	log_errors: '0',
	html_errors: '0',
	'zend.assertions': '1',
};

/** What a failure comes from, when it is not Igor's Fibers. */
const REASONS = JSON.parse(readFileSync(new URL('zend-fibers-reasons.json', import.meta.url), 'utf8'));

const [given, ...wanted] = process.argv.slice(2);
const versions = wanted.length > 0 ? wanted : PHP_VERSIONS;
const rows = [];
for (const version of versions) rows.push(await runVersion(version));
console.log('\nPHP  passed  failed  skipped  of');
for (const { version, passed, failed, skipped, total } of rows) {
	console.log(`${version}  ${pad(passed)}  ${pad(failed)}  ${pad(skipped, 7)}  ${total}`);
}
process.exitCode = rows.some(({ unexplained }) => unexplained > 0) ? 1 : 0;

function pad(number, width = 6) {
	return String(number).padStart(width);
}

async function runVersion(version) {
	const folder = given ?? testsFor(version);
	const copy = mkdtempSync(join(tmpdir(), 'igor-zend-fibers-'));
	cpSync(folder, copy, { recursive: true });
	const names = readdirSync(copy)
		.filter((name) => name.endsWith('.phpt'))
		.sort();
	const row = { version, passed: 0, failed: 0, skipped: 0, unexplained: 0, total: names.length };
	console.log(`PHP ${version}, tests of ${folder}`);
	const queue = [...names];
	await Promise.all(
		Array.from({ length: AT_A_TIME }, async () => {
			for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
				report(row, name, await runTest(version, copy, name));
			}
		}),
	);
	rmSync(copy, { recursive: true });
	return row;
}

function report(row, name, { result, reason, output }) {
	row[result]++;
	if (result === 'passed') return;
	const known = REASONS[name]?.[row.version] ?? REASONS[name]?.all;
	if (result === 'failed' && known === undefined) row.unexplained++;
	console.log(`  ${result} ${name}: ${known ?? reason}`);
	if (result === 'failed' && known === undefined) console.log(output.replaceAll(/^/gm, '    | ').slice(0, 2000));
}

async function runTest(version, folder, name) {
	const sections = parsePhpt(readFileSync(join(folder, name), 'utf8'));
	const unknown = Object.keys(sections).filter((section) => !KNOWN.has(section));
	if (unknown.length > 0)
		return { result: 'skipped', reason: `the section ${unknown.join(', ')} is not supported here` };
	const missing = (sections.EXTENSIONS ?? '').split(/\s+/).filter((extension) => LACKING.includes(extension));
	if (missing.length > 0) return { result: 'skipped', reason: `Igor's PHP has no ${missing.join(', ')}` };
	const ini = { ...INI };
	if (version === '8.5') ini.fatal_error_backtraces = '0';
	for (const line of (sections.INI ?? '').split('\n')) {
		const [key, value] = line.split(/=(.*)/s).map((part) => part.trim());
		if (key) ini[key] = value ?? '';
	}
	const base = join(folder, name.replace(/\.phpt$/, ''));
	if (sections.SKIPIF) {
		writeFileSync(`${base}.skip.php`, sections.SKIPIF);
		const { output } = await php(version, `${base}.skip.php`, ini);
		if (/^skip/i.test(output.trim())) return { result: 'skipped', reason: output.trim() };
	}
	writeFileSync(`${base}.php`, sections.FILE.replace(/\n$/, ''));
	const { output, timedOut } = await php(version, `${base}.php`, ini);
	if (timedOut) return { result: 'failed', reason: `no end after ${TIME_LIMIT / 1000} s`, output };
	if (matches(sections, output) || matches(sections, asBefore84(output))) return { result: 'passed' };
	return { result: 'failed', reason: 'the output differs', output };
}

/** Runs a script as its users do; `igor php-cli` runs it in a PHP thread of its process. */
function php(version, script, ini) {
	const settings = Object.entries(ini).flatMap(([key, value]) => ['--php-ini', `${key}=${value}`]);
	const args = [join(root, 'bin', 'igor.js'), 'php-cli', '--php', version, ...settings, script];
	const child = spawn(process.execPath, args, { cwd: join(script, '..'), stdio: ['ignore', 'pipe', 'pipe'] });
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text) => {
			output += text;
		});
	}
	return new Promise((resolve) => {
		let timedOut = false;
		const timer = setTimeout(() => {
			timedOut = true;
			child.kill('SIGKILL');
		}, TIME_LIMIT);
		child.on('close', () => {
			clearTimeout(timer);
			resolve({ output, timedOut });
		});
	});
}

function testsFor(version) {
	for (const candidate of [version, '8.2']) {
		const folder = join(cache, candidate, 'Zend', 'tests', 'fibers');
		if (existsSync(folder)) return folder;
	}
	return unpackDebianSource();
}

/** PHP 8.2's source from the Debian mirror that this machine already uses, under an apt configuration of its own. */
function unpackDebianSource() {
	const apt = join(cache, 'apt');
	const target = join(cache, '8.2');
	for (const folder of ['lists', 'cache/archives', 'downloads']) mkdirSync(join(apt, folder), { recursive: true });
	mkdirSync(target, { recursive: true });
	const script = `
		mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)
		echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm main" > ../sources.list
		options="-qq -o Dir::Etc::SourceList=$PWD/../sources.list -o Dir::Etc::SourceParts=/dev/null
			-o Dir::State::Lists=$PWD/../lists -o Dir::Cache=$PWD/../cache -o APT::Sandbox::User=root"
		apt-get $options update && apt-get $options source --download-only --only-source php8.2
		tar --extract --file php8.2_*.orig.tar.xz --strip-components=1 --directory ../../8.2 --wildcards '*/Zend/tests/fibers'`;
	const { status } = spawnSync('bash', ['-ec', script], { cwd: join(apt, 'downloads'), stdio: 'inherit' });
	rmSync(apt, { recursive: true });
	if (status !== 0) {
		console.error(
			"PHP's tests could not be fetched from Debian. Name the folder Zend/tests/fibers of a php-src of yours.",
		);
		process.exit(1);
	}
	return join(target, 'Zend', 'tests', 'fibers');
}
