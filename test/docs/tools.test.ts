import { mkdirSync, symlinkSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { cleanUp, writeApp } from '../program/support/igor.ts';
import { lacking } from '../support/lacking.ts';
import { missingProgram } from '../support/programs.ts';
import { listingsOf, openPage, ROOT } from './support/pages.ts';
import { sh, write } from './support/shell.ts';

afterAll(cleanUp);

const startListing = (title: string): string =>
	listingsOf('docs/start/first-sidekick.md').find((each) => each.title === title)?.code ?? `There is no ${title}.`;

describe('Testing with vitest', () => {
	const page = openPage('docs/guides/vitest.md');

	test('the test passes on the app of the first sidekick', { timeout: 120_000 }, async () => {
		const folder = writeApp({});
		mkdirSync(`${folder}/node_modules`);
		symlinkSync(ROOT, `${folder}/node_modules/igor-php`);
		symlinkSync(`${ROOT}node_modules/vitest`, `${folder}/node_modules/vitest`);
		write(folder, {
			'bin/console': startListing('bin/console'),
			'config/flags.json': '{ "new-checkout": true }',
			'public/index.php': startListing('public/index.php'),
			'public/hello.php': page.take('php', 'public/hello.php'),
			'test/app.test.ts': page.take('ts', 'test/app.test.ts'),
		});
		const { status, out, err } = await sh(page.take('sh'), folder, { NO_COLOR: '1', VITEST: '' });
		expect([status, out, err]).toEqual([0, expect.stringMatching(/Tests +3 passed/), '']);
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});

describe('Composer and PHPUnit without PHP', () => {
	const page = openPage('docs/guides/composer.md');
	const [phar, debian, phpunit, debianPhpunit, coverage] = [1, 2, 3, 4, 5].map(() => page.take('sh')) as [
		string,
		string,
		string,
		string,
		string,
	];
	const files = {
		'composer.json':
			'{ "repositories": [{ "packagist.org": false }], "scripts": { "post-autoload-dump": "@php -r \\"echo 6*7;\\"" } }',
		'tests/SumTest.php':
			'<?php final class SumTest extends PHPUnit\\Framework\\TestCase { function testSum() { $this->assertSame(4, 2 + 2); } }',
	};
	const quiet = { COMPOSER_ALLOW_SUPERUSER: '1' };

	test('php and its options are there for what is in the project', async () => {
		const folder = writeApp({
			...files,
			'composer.phar': `<?php echo json_encode([$argv[1], getenv('HOME'), exec(escapeshellarg(PHP_BINARY) . ' -r "echo 6*7;"')]);`,
			'vendor/bin/phpunit': "#!/usr/bin/env php\n<?php echo PHP_SAPI, ' ', getcwd() === dirname(__DIR__, 2);",
		});
		expect(await sh(phar, folder)).toMatchObject({ status: 0, out: '["install","\\/tmp","42"]' });
		expect(await sh(phpunit, folder)).toMatchObject({ status: 0, out: 'cli 1' });
		expect(await sh(coverage, folder)).toMatchObject({ status: 0, out: 'coverage' });
	});

	test.skipIf(lacking(missingProgram('composer')))("Debian's Composer installs, and runs a script", async () => {
		const ended = await sh(debian.replace('--env', '--env COMPOSER_ALLOW_SUPERUSER=1 --env'), writeApp(files), quiet);
		expect([ended.status, ended.out]).toEqual([0, expect.stringContaining('42')]);
	});

	test.skipIf(lacking(missingProgram('phpunit')))("Debian's PHPUnit runs a test", async () => {
		const ended = await sh(debianPhpunit, writeApp(files));
		expect([ended.status, ended.out]).toEqual([0, expect.stringContaining('OK (1 test, 1 assertion)')]);
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});
