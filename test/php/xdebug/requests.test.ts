import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../../src/config/values.ts';
import { Scope } from '../../support/scope.ts';
import { Editor, placeOf } from './support/editor.ts';

const PAGE = `<?php
$cached = opcache_get_status(false)['opcache_statistics']['hits'] > 0 ? 'yes' : 'no';
// not a line with code
$word = $_GET['word'] ?? 'nothing';
$length = strlen($word);
echo "$word has $length letters";
`;

const WORKER = `<?php
function answer(): void
{
	// not a line with code
	$word = $_GET['word'] ?? 'nothing';
	$length = strlen($word);
	echo "$word has $length letters";
}

while (frankenphp_handle_request(answer(...))) {
}
`;

describe.each(PHP_VERSIONS)('Xdebug in PHP %s', (php) => {
	test('a classic request stops at a line, shows a variable, steps, and goes on', async () => {
		await using editor = await Editor.open();
		const phpIni = { ...editor.ini, 'opcache.file_update_protection': '0' };
		await using scope = await Scope.start({ 'page.php': PAGE }, { php, xdebug: true, phpIni, network: 'off' });
		const uri = pathToFileURL(join(scope.folder, 'page.php')).href;
		// The second time out of OPcache, which Xdebug has to hear of, too.
		for (const cached of ['no', 'yes']) {
			const page = scope.get('/page.php?word=hello');
			const session = await editor.session();
			expect(session.greeting).toContain(`fileuri="${uri}"`);
			// Line 3 has no code.
			await session.breakAt(uri, 3);
			expect(placeOf(await session.command('run'))).toBe(`${uri}:4`);
			expect(await session.variable('$cached')).toBe(cached);
			expect(placeOf(await session.command('step_over'))).toBe(`${uri}:5`);
			expect(await session.variable('$word')).toBe('hello');
			// Copies of the output.
			await session.command('stdout', '-c 1');
			expect(await session.command('run')).toContain('status="stopping"');
			expect(session.output).toBe('hello has 5 letters');
			session.run();
			expect(await page).toBe('hello has 5 letters');
			await session.closed();
		}
	});

	test('each request of a worker is a session of its own', async () => {
		await using editor = await Editor.open();
		await using scope = await start();
		const uri = pathToFileURL(join(scope.folder, 'worker.php')).href;
		for (const [word, length] of [
			['hello', '5'],
			['good day', '8'],
		] as const) {
			const page = scope.get(`/worker.php?word=${encodeURIComponent(word)}`);
			const session = await editor.session();
			expect(session.greeting).toContain(`fileuri="${uri}"`);
			// Line 4 has no code: the next one that has is 5, which Xdebug has to know of a file that it has seen long ago.
			await session.breakAt(uri, 4);
			expect(placeOf(await session.command('run'))).toBe(`${uri}:5`);
			expect(placeOf(await session.command('step_over'))).toBe(`${uri}:6`);
			expect(await session.variable('$word')).toBe(word);
			// The user closes the editor's session, not the page.
			if (length === '5') await session.command('detach');
			else session.run();
			expect(await page).toBe(`${word} has ${length} letters`);
			session.close();
		}

		async function start(): Promise<Scope> {
			const starting = Scope.start(
				{ 'worker.php': WORKER },
				{ php, xdebug: true, phpIni: editor.ini, workers: [{ file: 'worker.php', num: 1 }] },
			);
			// The script itself is one, until it waits for a request.
			const boot = await editor.session();
			await boot.command('run');
			boot.close();
			return starting;
		}
	});
});

test('an editor that is not there costs a line of the log', async () => {
	const editor = await Editor.open();
	const { ini } = editor;
	await editor[Symbol.asyncDispose]();
	await using scope = await Scope.start({ 'page.php': PAGE }, { xdebug: true, phpIni: ini });
	expect(await scope.get('/page.php?word=hello')).toBe('hello has 5 letters');
	const said = scope.log.records.filter(({ message }) => message.includes('Xdebug'));
	expect(said.map(({ message }) => message)).toEqual([
		expect.stringContaining(`Could not connect to debugging client. Tried: 127.0.0.1:${ini['xdebug.client_port']} `),
	]);
});

test('an editor that does not answer holds up its request, but not the end of the server', async () => {
	await using editor = await Editor.open();
	const phpIni = { ...editor.ini, 'xdebug.start_with_request': 'trigger' };
	const workers = [{ file: 'worker.php', num: 1 }];
	const scope = await Scope.start(
		{ 'page.php': PAGE, 'worker.php': WORKER },
		{ xdebug: true, phpIni, workers, stopTimeout: 100 },
	);
	// It does not begin.
	const page = scope.server.fetch('/page.php?XDEBUG_TRIGGER=1').then(
		({ status }) => status,
		() => 'gone',
	);
	const first = await editor.session();
	// It does not end: the response is there, and its thread is not.
	const ended = scope.get('/worker.php?word=hello&XDEBUG_TRIGGER=1');
	const second = await editor.session();
	expect(await second.command('run')).toContain('status="stopping"');
	expect(await ended).toBe('hello has 5 letters');
	await scope[Symbol.asyncDispose]();
	await page;
	await Promise.all([first.closed(), second.closed()]);
});

test('an editor that leaves lets the request go on', async () => {
	await using editor = await Editor.open();
	await using scope = await Scope.start({ 'page.php': PAGE }, { xdebug: true, phpIni: editor.ini });
	const page = scope.get('/page.php?word=hello');
	const session = await editor.session();
	await session.breakAt(pathToFileURL(join(scope.folder, 'page.php')).href, 4);
	await session.command('run');
	session.close();
	expect(await page).toBe('hello has 5 letters');
});

test('PHP reaches the editor and nothing else, and is asked by a trigger where php.ini says so', async () => {
	await using editor = await Editor.open();
	await using other = await Editor.open();
	const page = `<?php
	echo @stream_socket_client('tcp://127.0.0.1:${other.port}') ? 'reached' : 'refused';`;
	await using scope = await Scope.start(
		{ 'page.php': page },
		{ xdebug: true, phpIni: { ...editor.ini, 'xdebug.start_with_request': 'trigger' }, network: 'off' },
	);
	expect(await scope.get('/page.php')).toBe('refused');
	const asked = scope.get('/page.php?XDEBUG_TRIGGER=1');
	const session = await editor.session();
	await session.command('run');
	session.run();
	expect(await asked).toBe('refused');
	expect(other.waiting).toBe(0);
});
