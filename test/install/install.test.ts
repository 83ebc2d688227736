import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { satisfies } from 'semver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listingsOf } from '../docs/support/pages.ts';
import { lacking } from '../support/lacking.ts';
import { Installation, noRegistry } from './installation.ts';

const BROWSER = readFileSync(fileURLToPath(new URL('../../docs/reference/browser.md', import.meta.url)), 'utf8');
const MB = 1_000_000;
/** The oldest Node.js of each line that can install Igor, with the npm that comes with it. */
const NODES = { '20.19.0': '10.8.2', '22.12.0': '10.9.0', '24.18.0': '11.16.0', '26.0.0': '11.16.0' };
/** For a Node.js that pretends to be an older one. */
const AS_NODE_20 = [
	'--import',
	"data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '20.19.0' })",
];
const TOO_OLD = /Igor needs Node\.js 24\.18 or newer, and this is 20\.\S+; install a newer Node\.js/;

describe.skipIf(lacking(await noRegistry()))('the package, as npm installs it', () => {
	let app: Installation;
	beforeAll(async () => {
		app = await Installation.create();
	}, 180_000);
	afterAll(() => app?.remove());

	test('is small, and so is all that comes with it', () => {
		expect(app.tarballSize / MB).toBeLessThan(15);
		expect(app.size() / MB).toBeLessThan(150);
		expect(app.packages().length).toBeLessThan(60);
	});

	test('brings no package that a Node.js from 20.19 to 26 warns of', () => {
		expect(app.said).not.toContain('EBADENGINE');
		for (const [node, npm] of Object.entries(NODES)) {
			const unwelcome = app
				.packages()
				.filter(({ engines = {} }) => !satisfies(node, engines.node ?? '*') || !satisfies(npm, engines.npm ?? '*'));
			expect(unwelcome.map(({ name, version }) => `${name}@${version}`)).toEqual([]);
		}
	});

	test('serves the app of the README, by the lines of the Node API', async () => {
		const reader = listing('README.md', 'public/index.php').replace('<?php', '');
		app.write({
			'bin/console': listing('README.md', 'bin/console'),
			'bin/prices.php': listing('docs/guides/background-workers.md', 'bin/prices.php'),
			'config/flags.json': '{"new-checkout": true}',
			'public/index.php': `<?php while (frankenphp_handle_request(function () { ${reader} }));`,
			'app.mjs': `${listing('docs/reference/node.md', 'app.mjs')}\nconsole.log(await response.text(), 'by', server.sidekicks.get('feature-flags').name);`,
		});
		expect(await app.node(['app.mjs'])).toMatchObject({ status: 0, out: 'new checkout by feature-flags\n' });
	});

	test.runIf(process.platform === 'linux')('brings koffi for this Node.js: locks are those of the system', async () => {
		const script = "console.log(require('koffi').load(null).func('int getpid()')() === process.pid)";
		expect(await app.node(['-e', script])).toMatchObject({ status: 0, out: 'true\n' });
	});

	test('has the command; PHP versions that are not there are named with what installs them', async () => {
		app.write({ 'version.php': '<?= PHP_VERSION;' });
		expect(await app.igor(['php-cli', 'version.php'])).toMatchObject({
			status: 0,
			out: expect.stringMatching(/^8\.4\./),
		});
		expect(await app.igor(['php-cli', '--php', '8.2', 'version.php'])).toMatchObject({
			status: 1,
			err: `igor: PHP 8.2 is not installed; add its package beside igor-php: npm install @php-wasm/node-8-2@${peer('@php-wasm/node-8-2')}\n`,
		});
		expect(app.list('tmp')).toEqual([]);
	});

	test('makes the build for browsers once PHP for browsers is installed', async () => {
		const [, install = ''] = /^npm install igor-php (\S+)$/m.exec(BROWSER) ?? [];
		expect(install).toBe(`@php-wasm/web-8-4@${peer('@php-wasm/web-8-4')}`);
		expect(await app.igor(['browser-build', 'public/igor'])).toMatchObject({
			status: 1,
			err: `igor: PHP 8.4 for browsers is not installed; add its package beside igor-php: npm install ${install}\n`,
		});
		app.add('@php-wasm/web-8-4');
		expect(await app.igor(['browser-build', 'public/igor'])).toMatchObject({ status: 0, err: '' });
		// Without their hashes, which decide the order, too.
		const names = app.list('public/igor').map((name) => name.replace(/-[0-9a-f]{8}(?=\.\w+$)/, ''));
		expect(names.sort()).toEqual([
			...[
				'frankenphp-8.4.so',
				'index.js',
				'php-8.4.wasm',
				'php-thread-8.4.js',
				'php.ini',
				'service-worker.js',
				'tls.js',
			],
		]);
		expect(await app.igor(['browser-build', 'version.php/igor'])).toMatchObject({
			status: 1,
			err: expect.stringMatching(/^igor: \S+version\.php\/igor cannot be written \(.*\); check the path\.\n$/),
		});
	});

	// What this machine has beside the Node.js of the tests, and that one under a false name: it reads the newest syntax.
	test.each([
		...olderNodes().map((program) => [program]),
		[process.execPath, ...AS_NODE_20],
	])('on an older Node.js (%s) command and library say what they need', async (program, ...options) => {
		const command = await app.node([...options, 'node_modules/igor-php/bin/igor.js', 'version'], program);
		expect(command).toMatchObject({ status: 1, out: '' });
		expect(command.err).toMatch(TOO_OLD);
		const library = await app.node(
			[
				...options,
				'--input-type=module',
				'-e',
				"await import('igor-php').catch(({ message }) => console.log(message))",
			],
			program,
		);
		expect(library).toMatchObject({ status: 0, err: '' });
		expect(library.out).toMatch(TOO_OLD);
	});
});

/** A listing of a page. */
function listing(page: string, title: string): string {
	return listingsOf(page).find((each) => each.title === title)?.code ?? '';
}

function peer(name: string): string {
	const described = readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8');
	return JSON.parse(described).peerDependencies[name];
}

/** Programs called node on the PATH that cannot run the server. */
function olderNodes(): string[] {
	const folders = new Set((process.env.PATH ?? '').split(delimiter).filter(Boolean));
	const versions = new Map<string, string>();
	for (const folder of folders) {
		try {
			const version = execFileSync(`${folder}/node`, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim();
			if (satisfies(version, '<24.18.0') && !versions.has(version)) versions.set(version, `${folder}/node`);
		} catch {
			// There is none.
		}
	}
	return [...versions.values()];
}
