import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { ALL_DIRECTIVES, listedDirective } from '../../src/directives/list.ts';
import { LEGAL_TRANSITIONS } from '../../src/sidekicks/states.ts';
import { cleanUp, Igor, run, writeApp } from '../program/support/igor.ts';
import { freePort } from '../support/free-port.ts';
import { openPage, PAGES, textOf } from './support/pages.ts';
import { serveCaddyfile, sh, write } from './support/shell.ts';

afterAll(cleanUp);

describe('Caddyfile', () => {
	const page = openPage('docs/reference/caddyfile.md');
	const folder = writeApp({
		...{ 'public/index.php': '<?php touch("../code"); touch("../var/data");', 'assets/a.txt': '', 'bin/console': '' },
		'var/keep': '',
	});

	test('the first one is valid', async () => {
		write(folder, { Caddyfile: page.take('caddyfile', 'Caddyfile') });
		const [validate = '', serve = ''] = page.take('sh').trim().split('\n');
		expect(await sh(validate, folder)).toMatchObject({ status: 0, out: 'Valid configuration\n' });
		expect(serve).toBe('npx igor run');
	});

	test('visible: PHP changes what it may, and sees a folder at another path', async () => {
		write(folder, {
			'public/index.php': `<?php echo json_encode([@touch('../code'), @touch('../var/data'), is_dir('/zones/Europe')]);`,
		});
		const igor = serveCaddyfile(page.take('caddyfile', 'visible.caddyfile'), folder);
		expect(await (await fetch(await igor.ready())).text()).toBe('[false,true,true]');
	});

	test('network: PHP connects to nothing else', async () => {
		write(folder, {
			'public/index.php': `<?php @stream_socket_client('tcp://127.0.0.1:3307', $code, $why, 5); echo error_get_last()['message'];`,
		});
		const igor = serveCaddyfile(page.take('caddyfile', 'network.caddyfile'), folder);
		const url = await igor.ready();
		await fetch(url);
		await igor.until(() => igor.stderr.includes('3307'));
		expect(igor.stderr).toMatch(/127\.0\.0\.1:3307.*network/);
	});

	test('processes: PHP runs php, and nothing else', async () => {
		write(folder, {
			'public/index.php': `<?php echo exec('php -r "echo 6*7;"'), ' ', var_export(@exec('ls /'), true);`,
		});
		const igor = serveCaddyfile(page.take('caddyfile', 'processes.caddyfile'), folder);
		expect(await (await fetch(await igor.ready())).text()).toBe('42 false');
	});

	test.each([
		['frankenphp', (word: string) => `{\n frankenphp {\n ${word}\n }\n}\n`],
		['php_server', (word: string) => `localhost {\n php_server {\n ${word}\n }\n}\n`],
		['worker', (word: string) => `localhost {\n php_server {\n worker {\n ${word}\n }\n }\n}\n`],
		['sidekick', (word: string) => `localhost {\n php_server {\n sidekick {\n ${word}\n }\n }\n}\n`],
	])('every word of %s is in its row', async (block, caddyfile) => {
		write(folder, { Words: caddyfile('no-such-word') });
		const { err } = await run(['validate', '--config', 'Words'], folder);
		const [, list = ''] = /expected ((?:\w+, )+\w+)/.exec(err) ?? [];
		const [row = ''] = new RegExp(`^\\| \`${block}\` \\|.*$`, 'm').exec(page.text) ?? [];
		// FrankenPHP's other name for split_path.
		const words = list.split(', ').filter((word) => word !== 'split');
		expect(words.length, err).toBeGreaterThan(5);
		for (const word of words) expect(row).toMatch(new RegExp(`\`${word}[ \`]`));
	});

	test('every supported directive is named', () => {
		const served = ALL_DIRECTIVES.filter((name) => /^(step|site)$/.test(listedDirective(name)?.kind ?? ''));
		expect(served).toContain('php_server');
		for (const name of served) expect(page.text).toContain(`| \`${name}\` | yes`);
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});

describe('Command line', () => {
	const page = openPage('docs/reference/command-line.md');

	test('php-cli runs code', async () => {
		expect((await sh(page.take('sh'), writeApp({}))).out).toMatch(/^8\.4\.\d+\n$/);
	});

	test('every command of the table has a --help', async () => {
		const commands = new Set([...page.text.matchAll(/`igor ([a-z-]+)[^`]*`/g)].map(([, name]) => name ?? ''));
		expect(commands.size).toBeGreaterThan(10);
		for (const command of commands) {
			expect((await run([command, '--help'])).out).toMatch(new RegExp(`^Usage: igor ${command}\\b`));
		}
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});

test('every option that a page shows is one of its command', async () => {
	const helps = new Map<string, string>();
	const shown = PAGES.flatMap((page) =>
		[...textOf(page).matchAll(/\bigor ([a-z][a-z-]+)((?:(?: | ?\\\n\s*)[^\s`|;]+)+)/g)].map(
			([, command = '', words = '']) => ({
				page,
				command,
				options: [...words.matchAll(/\s\[?(--[a-z-]+)/g)].map(([, option = '']) => option),
			}),
		),
	).filter(({ options }) => options.length > 0);
	expect(shown.length).toBeGreaterThan(10);
	for (const { page, command, options } of shown) {
		const help = helps.get(command) ?? (await run([command, '--help'])).out;
		helps.set(command, help);
		for (const option of options) expect(help, `${page}: igor ${command} ${option}`).toContain(`${option} `);
	}
});

describe('Admin API', () => {
	const page = openPage('docs/reference/admin.md');
	const folder = writeApp({ 'public/index.php': '<?php echo 1;' });

	test('its requests are answered', async () => {
		const [admin, port] = [await freePort(), await freePort()];
		write(folder, {
			Caddyfile: `{\n\tadmin 127.0.0.1:${admin}\n}\nhttp://127.0.0.1:${port} {\n\troot public\n\tphp_server\n}\n`,
		});
		const igor = new Igor(['run'], folder);
		await igor.ready();
		const { status, out } = await sh(page.take('sh').replaceAll('127.0.0.1:2019', `127.0.0.1:${admin}`), folder);
		expect([status, out]).toEqual([0, '[]\nworkers restarted successfully\n']);
	});

	test('both logs go to their files', async () => {
		write(folder, { 'public/index.php': '<?php trigger_error("said");' });
		const igor = serveCaddyfile(page.take('caddyfile', 'Caddyfile'), folder);
		await (await fetch(await igor.ready())).text();
		igor.signal('SIGTERM');
		expect(await igor.exit).toBe(0);
		expect(readFileSync(`${folder}/logs/access.log`, 'utf8')).toContain('handled request');
		expect(readFileSync(`${folder}/logs/igor.log`, 'utf8')).toContain('PHP Notice:  said');
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});

describe('Metrics', () => {
	const page = openPage('docs/reference/metrics.md');
	const command = page.take('sh');
	const caddyfile = page.take('caddyfile', 'Caddyfile');
	const prometheus = page.take('yaml', 'prometheus.yml');

	test('the admin API and the site of their own have all that the page names', async () => {
		const [admin, port, own] = [await freePort(), await freePort(), await freePort()];
		const sites = caddyfile.replace(':8080', `:${port}`).replace(':9180', `:${own}`);
		const folder = writeApp({
			'public/index.php': '<?php echo 1;',
			Caddyfile: `{\n\tadmin 127.0.0.1:${admin}\n}\n${sites}`,
		});
		const igor = new Igor(['run'], folder);
		await igor.ready();
		const { out, err } = await sh(command.replace(':2019', `:${admin}`).replace('curl', 'curl -sS'), folder);
		expect(err).toBe('');
		const [, target = ''] = /^ +- targets: \['([\d.:]+)'\]$/m.exec(prometheus) ?? [];
		expect(caddyfile).toContain(`http://${target} {`);
		const scraped = await (await fetch(`http://${target.replace(':9180', `:${own}`)}/metrics`)).text();
		// Without PHP's functions, and patterns.
		const metrics = /\b(?:frankenphp|process)_[a-z_]*[a-z](?![a-z_]|\(\)|_\*)/g;
		const named = [...new Set([...page.text.matchAll(metrics)].map(([name]) => name))];
		expect(named.length).toBeGreaterThan(20);
		for (const text of [out, scraped]) {
			expect(named.filter((name) => !text.includes(`# HELP ${name} `))).toEqual([]);
		}
		expect(scraped).toMatch(/^frankenphp_total_threads [1-9]/m);
	});

	test('the states of a sidekick are those of the code', () => {
		const [row = ''] = /^\| `state` \|.*$/m.exec(page.text) ?? [];
		const states = [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name).slice(1);
		expect(states).toEqual(Object.keys(LEGAL_TRANSITIONS));
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});

describe('php.ini', () => {
	const page = openPage('docs/reference/ini.md');

	test('the values of the Caddyfile are those of PHP', async () => {
		const folder = writeApp({
			'public/index.php': `<?= json_encode(array_map(ini_get(...), ['memory_limit', 'display_errors', 'date.timezone']));`,
		});
		const igor = serveCaddyfile(page.take('caddyfile', 'Caddyfile'), folder);
		expect(await (await fetch(await igor.ready())).json()).toEqual(['256M', '0', 'Europe/Paris']);
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});

describe('PHP extensions', () => {
	const page = openPage('docs/reference/extensions.md');

	test('the list is that of PHP', async () => {
		const { out } = await sh(page.take('sh'), writeApp({}));
		const there = out.split('\n').filter((line) => /^\w+$/.test(line));
		const [, list = ''] = /`@php-wasm\/node`: ([^;]*);/.exec(page.text) ?? [];
		const named = list.split(/,\s*|\sand\s|\s+/).filter(Boolean);
		// PHP's core, what was asked for, Igor's, and what upstream adds for itself.
		const own = new Set(['Core', 'intl', 'frankenphp', 'dns_polyfill', 'post_message_to_js', 'wasm_memory_storage']);
		expect(named.toSorted()).toEqual(there.filter((name) => !own.has(name)).toSorted());
		expect(there).toContain('intl');
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});
