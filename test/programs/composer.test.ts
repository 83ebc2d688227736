import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { phpCli } from '../program/support/command-line.ts';
import { cleanUp, writeApp } from '../program/support/igor.ts';
import { lacking } from '../support/lacking.ts';
import { missingProgram } from '../support/programs.ts';

afterAll(cleanUp);

/** Debian's is older than PHP 8.4. */
const OPTIONS = [
	...[
		'--php',
		'8.2',
		'--network',
		'off',
		'--mount',
		'/usr/share/php:ro',
		'--mount',
		'../library:ro',
		'--allow-process',
		'php',
	],
	...['--env', 'HOME=/tmp', '--env', 'COMPOSER_ALLOW_SUPERUSER=1', '--env', 'COLUMNS=100', '--env', 'LINES=50'],
];

const COMPOSER_JSON = {
	name: 'acme/app',
	description: 'An application',
	license: 'MIT',
	version: '1.0.0',
	repositories: [{ type: 'path', url: '../library', options: { symlink: false } }, { 'packagist.org': false }],
	require: { 'acme/greeter': '^1.0' },
	autoload: { classmap: ['src/legacy.php'] },
	scripts: { hello: '@php hello.php composer', 'post-autoload-dump': 'Acme\\Greeter\\Hook::dumped' },
};

const GREETER = {
	name: 'acme/greeter',
	version: '1.2.0',
	autoload: { 'psr-4': { 'Acme\\Greeter\\': 'src/' } },
};

const FILES = {
	'app/composer.json': JSON.stringify(COMPOSER_JSON),
	'app/src/legacy.php': '<?php class Legacy {}',
	'app/hello.php': `<?php require 'vendor/autoload.php';
		echo Acme\\Greeter\\Greeter::hello($argv[1]), ' ', PHP_SAPI, ' ', class_exists('Legacy') ? 'legacy' : '', PHP_EOL;`,
	'library/composer.json': JSON.stringify(GREETER),
	'library/src/Greeter.php': `<?php namespace Acme\\Greeter;
		final class Greeter { public static function hello(string $name): string { return "hello $name"; } }`,
	'library/src/Hook.php': `<?php namespace Acme\\Greeter;
		final class Hook { public static function dumped(): void { echo "dumped\\n"; } }`,
};

describe.skipIf(lacking(missingProgram('composer')))('Composer', () => {
	test('validates, installs from a path, dumps an autoloader, runs a script by @php', {
		timeout: 180_000,
	}, async () => {
		const cwd = join(realpathSync(writeApp(FILES)), 'app');
		const composer = (...args: string[]) =>
			phpCli([...OPTIONS, '/usr/bin/composer', '--no-interaction', ...args], { cwd });

		const validated = await composer('validate');
		expect(validated.status, validated.err).toBe(0);
		expect(validated.out + validated.err).toContain('./composer.json is valid');

		const installed = await composer('install');
		expect(installed.status, installed.err).toBe(0);
		expect(installed.err).toContain('Installing acme/greeter (1.2.0): Mirroring from ../library');
		expect(installed.out).toContain('dumped\n');
		expect(readFileSync(join(cwd, 'vendor/acme/greeter/src/Greeter.php'), 'utf8')).toBe(
			FILES['library/src/Greeter.php'],
		);

		const dumped = await composer('dump-autoload', '--classmap-authoritative');
		expect(dumped.status, dumped.err).toBe(0);
		expect(readFileSync(join(cwd, 'vendor/composer/autoload_classmap.php'), 'utf8')).toContain("'Legacy' =>");

		const ran = await composer('run-script', 'hello');
		expect(ran).toMatchObject({ status: 0, out: 'hello composer cli legacy\n' });
	});
});
