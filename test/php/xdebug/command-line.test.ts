import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { phpCli } from '../../program/support/command-line.ts';
import { cleanUp, Igor, writeApp } from '../../program/support/igor.ts';
import { Editor, placeOf } from './support/editor.ts';

afterEach(cleanUp);

test('php-cli --xdebug: the editor is where the environment says, and knows the paths of the host', async () => {
	await using editor = await Editor.open();
	const folder = writeApp({
		'app/main.php': "<?php\nrequire '/srv/my lib/double.php';\necho double(21), PHP_EOL;\n",
		'lib/double.php': '<?php\nfunction double(int $n): int\n{\n\treturn 2 * $n;\n}\n',
	});
	const args = ['--xdebug', '--network', 'off', '--mount', `${join(folder, 'lib')}:/srv/my lib:ro`, 'main.php', '--x'];
	const env = { XDEBUG_CONFIG: `client_host=127.0.0.1 client_port=${editor.port} idekey=mine` };
	const ended = phpCli(args, { cwd: join(folder, 'app'), env });
	const session = await editor.session();
	expect(session.greeting).toContain(`fileuri="${pathToFileURL(join(folder, 'app/main.php'))}"`);
	expect(session.greeting).toContain('idekey="mine"');
	const file = pathToFileURL(join(folder, 'lib/double.php')).href;
	await session.breakAt(file, 4);
	expect(placeOf(await session.command('run'))).toBe(`${file}:4`);
	expect(await session.variable('$n')).toBe('21');
	expect(await session.command('stack_get')).toContain(`filename="${file}"`);
	expect(await session.command('source', `-f ${file} -b 4 -e 4`)).toContain(
		Buffer.from('\treturn 2 * $n;\n').toString('base64'),
	);
	expect(placeOf(await session.command('step_out'))).toMatch(/\/app\/main\.php:3$/);
	await session.command('run');
	session.run();
	expect(await ended).toEqual({ status: 0, out: '42\n', err: '' });
});

test('php-cli --xdebug without an editor: the script runs, and one line says so', async () => {
	const editor = await Editor.open();
	await editor[Symbol.asyncDispose]();
	const folder = writeApp({
		'main.php': '<?php echo 42, PHP_EOL;',
		'php.ini': 'xdebug.client_host = "ide.invalid" ; there\n',
	});
	const args = ['--xdebug', '-d', `xdebug.client_port=${editor.port}`, '-c', 'php.ini', '--network', 'off', 'main.php'];
	const { status, out, err } = await phpCli(args, { cwd: folder });
	expect({ status, out }).toEqual({ status: 0, out: '42\n' });
	expect(err.split('\n')).toEqual([
		expect.stringContaining(`Could not connect to debugging client. Tried: ide.invalid:${editor.port} (`),
		'',
	]);
});

test.each([
	[['--xdebug'], ''],
	[[], 'xdebug'],
])('run %j, with %j in the Caddyfile', async (args, word) => {
	await using editor = await Editor.open();
	const ini = Object.entries(editor.ini).map(([key, value]) => `php_ini ${key} ${value}`);
	const folder = writeApp({
		Caddyfile: `{\n admin off\n frankenphp {\n ${[word, ...ini].join('\n')}\n }\n}\nhttp://127.0.0.1:0 {\n root .\n php_server\n}\n`,
		'page.php': '<?php echo 42;',
	});
	const igor = new Igor(['run', ...args], folder);
	const page = fetch(`${await igor.ready()}/page.php`).then((answer) => answer.text());
	const session = await editor.session();
	await session.command('run');
	session.run();
	expect(await page).toBe('42');
});
