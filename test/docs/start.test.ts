import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { cleanUp, type Igor, writeApp } from '../program/support/igor.ts';
import { eventually } from '../support/eventually.ts';
import { lacking } from '../support/lacking.ts';
import { missingPhp } from '../support/programs.ts';
import { openPage, ROOT } from './support/pages.ts';
import { at, serve, serveCaddyfile, sh, write } from './support/shell.ts';

afterAll(cleanUp);

describe('Install', () => {
	const page = openPage('docs/start/install.md');
	const described = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));

	test('its packages are those of package.json, and of test/install', () => {
		expect(page.take('sh')).toBe(`npm install ${described.name}\n`);
		expect(page.take('sh')).toBe('npm ci\nnpm pack\n');
		expect(page.take('sh')).toBe(`npm install ../igor/${described.name}-${described.version}.tgz\n`);
		expect(page.take('sh')).toBe('npm install node@24\n');
	});

	test('the versions are printed', async () => {
		const { status, out } = await sh(page.take('sh'), writeApp({}));
		expect([status, out]).toEqual([0, expect.stringMatching(/^igor .*PHP .*Node\.js/)]);
	});

	test('another PHP has the version of the peers', async () => {
		const [install, run = ''] = page.take('sh').split(/\n(?=npx)/);
		expect(install).toBe(`npm install @php-wasm/node-8-5@${described.peerDependencies['@php-wasm/node-8-5']}`);
		expect((await sh(run, writeApp({}))).out).toMatch(/^PHP 8\.5\./);
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});

describe('Your first sidekick', () => {
	const page = openPage('docs/start/first-sidekick.md');
	const anywhere = page.take('php', 'public/anywhere.php');
	const folder = writeApp({});
	const say = async (igor: Igor, path = '/') => (await fetch(`${await igor.ready()}${path}`)).text();

	test('a change of the file is seen without a restart', async () => {
		write(folder, {
			'config/flags.json': page.take('json', 'config/flags.json'),
			'bin/console': page.take('php', 'bin/console'),
			'public/index.php': page.take('php', 'public/index.php'),
		});
		const igor = serve(page.take('sh'), folder);
		const curl = at(await igor.ready(), page.take('sh'));
		expect((await sh(curl, folder)).out).toBe('old checkout\n');
		write(folder, { 'config/flags.json': '{ "new-checkout": true, "colour": "green" }' });
		await eventually('the new flags', async () => (await say(igor)) === 'new checkout\n');

		// Broken, the sidekick leaves what was published; repaired, it publishes again.
		write(folder, { 'config/flags.json': 'not JSON' });
		await igor.until(() => igor.stderr.includes('"event":"crashed"'));
		expect(await say(igor)).toBe('new checkout\n');
		write(folder, { 'config/flags.json': '{ "new-checkout": false, "colour": "green" }' });
		await eventually('the repaired flags', async () => (await say(igor)) === 'old checkout\n');
	});

	test('a sidekick that does not start is an exception with its error', async () => {
		write(folder, { 'public/unknown.php': page.take('php', 'public/unknown.php') });
		const text = await say(
			serveCaddyfile(
				'http://127.0.0.1:8080 {\n\troot public\n\tphp_server {\n\t\tsidekick_entrypoint bin/console\n\t}\n}\n',
				folder,
			),
			'/unknown.php',
		);
		expect(text).toContain(
			'The sidekick "feature-flag" could not be started: given up after 6 failed attempts in a row.',
		);
		expect(text).toContain(`Uncaught RuntimeException: Unknown sidekick: feature-flag in ${folder}/bin/console:`);
	});

	test('the Caddyfile starts it with the server, and no other', async () => {
		const caddyfile = page.take('caddyfile', 'Caddyfile');
		expect(page.take('sh')).toBe('npx igor run\n');
		const igor = serveCaddyfile(caddyfile, folder);
		await igor.ready();
		await igor.until(() => igor.stderr.includes('sidekick "feature-flags" is ready') || igor.stdout !== '');
		expect(await say(igor)).toBe('old checkout\n');
		expect(await say(igor, '/unknown.php')).toContain('feature-flag');
		expect((await sh(`${page.take('sh').trim()} --help`, folder)).out).toContain('--watch');
	});

	test.skipIf(lacking(missingPhp()))('the guard makes the code run on native PHP', async () => {
		write(folder, { 'public/anywhere.php': anywhere });
		expect((await sh('php public/anywhere.php', folder)).out).toBe('"green"');
		expect((await sh('igor php-cli public/anywhere.php', folder)).out).toContain('There are no sidekicks in php-cli');
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});
