import { cpSync, existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { cleanUp, run, writeApp } from '../program/support/igor.ts';
import { lacking } from '../support/lacking.ts';
import { openPage } from './support/pages.ts';
import { serve, serveCaddyfile, sh, write } from './support/shell.ts';

afterAll(cleanUp);

const SYMFONY = fileURLToPath(new URL('../programs/symfony-app', import.meta.url));
const missingSymfony =
	process.env.CI || existsSync('/usr/share/php/Symfony/Component/Runtime')
		? undefined
		: "Symfony is not on this machine: install Debian's php-symfony-framework-bundle and -runtime.";

describe('Symfony', () => {
	const page = openPage('docs/guides/symfony.md');
	const caddyfile = page.take('caddyfile', 'Caddyfile');
	const start = page.take('sh');
	const console = page.take('sh');
	const command = page.take('php', 'src/Command/FeatureFlagsCommand.php');
	const service = page.take('php', 'src/Service/FeatureFlags.php');

	test.skipIf(lacking(missingSymfony))(
		'a request reads what the command publishes, through the service',
		{
			timeout: 180_000,
		},
		async () => {
			const folder = realpathSync(writeApp({}));
			cpSync(SYMFONY, folder, { recursive: true });
			write(folder, {
				'config/flags.json': '{ "new-checkout": true }',
				'src/Command/FeatureFlagsCommand.php': command,
				'src/Service/FeatureFlags.php': service,
			});
			const shop = `${folder}/src/Controller/Shop.php`;
			const asked = "frankenphp_sidekick_get_vars('app:sidekick')";
			const text = readFileSync(shop, 'utf8');
			expect(text).toContain(asked);
			writeFileSync(shop, text.replace(asked, "[(new \\App\\Service\\FeatureFlags())->isEnabled('new-checkout')]"));
			// Debian's libraries lie elsewhere, and are older than PHP 8.4.
			const debian = '--php 8.2 --ext intl --mount /usr/share/php:ro';
			const cleared = await sh(console.replace('php-cli', `php-cli ${debian}`), folder);
			expect([cleared.status, cleared.out]).toEqual([0, expect.stringContaining('successfully cleared')]);
			expect(start).toBe('npx igor run\n');
			const shown = caddyfile.replace('php_server {', 'php_server {\n\t\tvisible /usr/share/php:ro');
			const igor = serveCaddyfile(shown, folder, {}, ['--php', '8.2']);
			const url = await igor.ready();
			expect(await (await fetch(`${url}/flags`)).text()).toBe('[true]');
			expect(await (await fetch(url)).text()).toContain('articles');
		},
	);

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});

/** Says what of Laravel's a script is, and what it sees. */
const LARAVEL = `<?php
	$answer = fn () => print json_encode([basename(__FILE__), $_SERVER['REQUEST_URI'], $_ENV['LARAVEL_OCTANE'] ?? '']);
	if (!isset($_SERVER['FRANKENPHP_WORKER'])) return $answer();
	while (frankenphp_handle_request($answer));`;

describe('Laravel', () => {
	const page = openPage('docs/guides/laravel.md');
	const folder = writeApp({
		'public/index.php': LARAVEL,
		'public/frankenphp-worker.php': LARAVEL,
		'public/robots.txt': 'robots',
		artisan: "#!/usr/bin/env php\n<?php echo $argv[1], ' ', PHP_SAPI;",
	});

	test.each([
		['Caddyfile', 'index.php', ''],
		['octane.caddyfile', 'frankenphp-worker.php', '1'],
	])('%s: files as they are, everything else by %s', async (title, script, octane) => {
		const igor = serveCaddyfile(page.take('caddyfile', title), folder, { PWD: folder });
		const url = await igor.ready();
		expect(await (await fetch(`${url}/users/7?x=1`)).json()).toEqual([script, '/users/7?x=1', octane]);
		expect(await (await fetch(`${url}/robots.txt`)).text()).toBe('robots');
	});

	test('its commands', async () => {
		expect(page.take('sh')).toBe('npx igor run\n');
		expect(await sh(page.take('sh'), folder)).toMatchObject({ status: 0, out: 'migrate cli' });
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});

describe('WordPress', () => {
	const page = openPage('docs/guides/wordpress.md');
	const folder = writeApp({
		'index.php': `<?php echo $_SERVER['REQUEST_URI'], ' ', var_export(@stream_socket_client('tcp://127.0.0.1:9', $code, $why, 1), true);`,
		'wp-content/debug.log': 'secret',
	});

	test('permalinks go to index.php, and PHP to the database alone', async () => {
		const igor = serve(page.take('sh'), folder);
		expect(await (await fetch(`${await igor.ready()}/2026/11/a-post/`)).text()).toBe('/2026/11/a-post/ false');
		await igor.until(() => igor.stderr.includes('127.0.0.1:9'));
	});

	test('the Caddyfile keeps the debug log to itself', async () => {
		const url = await serveCaddyfile(page.take('caddyfile', 'Caddyfile'), folder).ready();
		expect((await fetch(`${url}/wp-content/debug.log`)).status).toBe(404);
		expect(await (await fetch(`${url}/a-post/`)).text()).toBe('/a-post/ false');
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});

describe('Docker', () => {
	const page = openPage('docs/guides/docker.md');
	const dockerfile = page.take('dockerfile', 'Dockerfile');

	test('its command serves the Caddyfile, and PHP writes where it may', async () => {
		const folder = writeApp({
			'public/index.php': `<?php echo json_encode([@touch('../var/data'), @touch('../code')]);`,
			'var/.keep': '',
		});
		expect(dockerfile).toContain('CMD ["node", "node_modules/igor-php/bin/igor.js", "run"]');
		const igor = serveCaddyfile(page.take('caddyfile', 'Caddyfile').replace(':8080', 'http://127.0.0.1:0'), folder);
		const url = await igor.ready();
		expect((await fetch(`${url}/healthz`)).status).toBe(200);
		expect(await (await fetch(url)).json()).toEqual([true, false]);
		igor.signal('SIGTERM');
		expect(await igor.exit).toBe(0);
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});

describe('CI', () => {
	const page = openPage('docs/guides/ci.md');

	test('its steps run on a project', { timeout: 180_000 }, async () => {
		const workflow = page.take('yaml', '.github/workflows/tests.yml').replace(/\$\{\{ matrix\.php \}\}/g, '8.4');
		const folder = writeApp({
			...{ 'public/index.php': '<?php echo 1;', 'vendor/bin/phpunit': '<?php echo "OK";' },
			Caddyfile: '{\n\tadmin off\n}\nhttp://127.0.0.1:0 {\n\troot public\n\tphp_server\n}\n',
		});
		const step = (name: string) =>
			new RegExp(`- name: ${name}\\n +run: (?!\\|)(.*)$`, 'm').exec(workflow)?.[1] ?? `There is no step ${name}.`;
		expect(await sh(step('The Caddyfile is valid'), folder)).toMatchObject({ status: 0, out: 'Valid configuration\n' });
		expect(await sh(step('PHPUnit'), folder)).toMatchObject({ status: 0, out: 'OK' });
		// The other steps are those of the guides, which run them.
		for (const guide of ['npx vitest run', 'composer.phar install']) expect(workflow).toContain(guide);
		for (const name of ['start', 'stop']) expect((await run([name, '--help'])).status).toBe(0);
		expect(workflow).not.toContain('\t');
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});
