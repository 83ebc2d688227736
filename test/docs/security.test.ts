import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { cleanUp, writeApp } from '../program/support/igor.ts';
import { openPage } from './support/pages.ts';
import { serveCaddyfile } from './support/shell.ts';

afterAll(cleanUp);

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const SECURITY = readFileSync(at('SECURITY.md'), 'utf8');
const named = [...SECURITY.matchAll(/`(test\/[^`]*)`/g)].map(([, path]) => path as string);

test('SECURITY.md names tests that there are', () => {
	expect(named.length).toBeGreaterThan(10);
	expect(named.filter((path) => !existsSync(at(path)))).toEqual([]);
});

test('SECURITY.md names all that attack', () => {
	const attacks = readdirSync(at('test/attacks')).filter((name) => name.endsWith('.test.ts'));
	expect(attacks.filter((name) => !named.includes(`test/attacks/${name}`))).toEqual([]);
});

describe('Security model', () => {
	const page = openPage('docs/understand/security.md');

	test('in production PHP changes its data, and nothing else', async () => {
		const folder = writeApp({
			'var/keep': '',
			'public/index.php': `<?php
				echo json_encode([
					'code' => @file_put_contents(__FILE__, '<?php echo 2;'),
					'further code' => @touch('../new.php'),
					'data' => touch('../var/data'),
					'hosts' => @stream_socket_client('tcp://127.0.0.1:3307', $code, $why, 5),
					'programs' => function_exists('exec'),
					'native code' => function_exists('dl') || class_exists('FFI'),
					'environment' => [getenv('APP_ENV'), getenv('IGOR_SECRET')],
				]);`,
		});
		const igor = serveCaddyfile(page.take('caddyfile', 'Caddyfile'), folder, { IGOR_SECRET: 'of the server' });
		expect(await (await fetch(await igor.ready())).json()).toEqual({
			code: false,
			'further code': false,
			data: true,
			hosts: false,
			programs: false,
			'native code': false,
			environment: ['prod', false],
		});
		await igor.until(() => /127\.0\.0\.1:3307.*network/.test(igor.stderr));
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});
