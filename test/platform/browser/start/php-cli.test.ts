import { serve } from 'igor-php/browser';
import { expect, onTestFinished, test } from 'vitest';
import type { BrowserServer, PhpCliOptions } from '../../../../src/browser.ts';
import { CapturingLogger } from '../../../support/capturing-logger.ts';
import { eventually } from '../../../support/eventually.ts';

const FILES = {
	'index.php': '<?php echo file_get_contents("/app/written.txt");',
	'bin/say.php': `<?php
		fwrite(STDERR, "to stderr: " . getcwd() . " " . PHP_SAPI);
		echo implode("|", array_slice($argv, 1)), strlen(stream_get_contents(STDIN));
		file_put_contents("written.txt", "by the command line");
		exit(3);`,
};

async function start(): Promise<BrowserServer> {
	const server: BrowserServer = await serve({ files: FILES, threads: 1, log: new CapturingLogger() });
	onTestFinished(() => server.close());
	return server;
}

/** Runs it; its status, and what it has written. */
async function run(server: BrowserServer, args: readonly string[], options: PhpCliOptions = {}) {
	const decoder = new TextDecoder();
	const written = { stdout: '', stderr: '' };
	const status = await server.phpCli(args, {
		...options,
		onOutput: (stream, bytes) => {
			written[stream] += decoder.decode(bytes, { stream: true });
		},
	});
	return { status, ...written };
}

test('a script runs in the app’s folder, with arguments, an empty stdin and an exit status', async () => {
	const server = await start();
	expect(await run(server, ['bin/say.php', 'one', 'two words'])).toEqual({
		status: 3,
		stdout: 'one|two words0',
		stderr: 'to stderr: /app cli',
	});
	expect(await (await server.fetch('/')).text()).toBe('by the command line');
});

test('code runs, and a fatal error is told on stdout, as PHP does', async () => {
	const server = await start();
	expect(await run(server, ['-r', 'echo 6 * 7;'])).toEqual({ status: 0, stdout: '42', stderr: '' });
	const { status, stdout } = await run(server, ['-r', 'nobody_has_this();']);
	expect(status).toBe(255);
	expect(stdout).toContain('Call to undefined function nobody_has_this()');
});

test('what is printed without end waits for its reader, and is ended by a signal', async () => {
	const server = await start();
	const stop = new AbortController();
	let bytes = 0;
	const running = server.phpCli(['-r', 'while (true) echo str_repeat("x", 65536);'], {
		signal: stop.signal,
		onOutput: (_, { length }) => {
			bytes += length;
		},
	});
	const ended = expect(running).rejects.toThrow('enough');
	await eventually('more than fits on the way', () => bytes > 4 * 1024 * 1024);
	stop.abort(new Error('enough'));
	await ended;
	expect((await run(server, ['-r', 'echo "the next";'])).stdout).toBe('the next');
});

test('a sidekick cannot be read, and the end of the server is the end of PHP', async () => {
	const server = await start();
	expect((await run(server, ['-r', 'frankenphp_sidekick_get_vars("clock");'])).stdout).toMatch(
		/There are no sidekicks in php-cli/,
	);
	const ended = expect(run(server, ['-r', 'while (true);'])).rejects.toThrow('The server was closed');
	await server.close();
	await ended;
	await expect(server.phpCli(['-r', ''])).rejects.toThrow('The server is closed');
});

test('SQLite’s locks hold between the app and a command line, and end with it', async () => {
	const server = await start();
	const open = '$db = new SQLite3("/app/shop.db"); $db->enableExceptions(true); $db->exec("BEGIN EXCLUSIVE");';
	server.files.write('lock.php', `<?php try { ${open} echo 'free'; } catch (Exception $e) { echo $e->getMessage(); }`);
	const stop = new AbortController();
	let held = '';
	const running = server.phpCli(['-r', `${open} echo "held"; while (true);`], {
		signal: stop.signal,
		onOutput: (_, bytes) => {
			held += new TextDecoder().decode(bytes);
		},
	});
	const ended = expect(running).rejects.toThrow('let go');
	await eventually('the lock', () => held === 'held');
	const meanwhile = await (await server.fetch('/lock.php')).text();
	stop.abort(new Error('let go'));
	await ended;
	expect(meanwhile).toContain('database is locked');
	expect(await (await server.fetch('/lock.php')).text()).toBe('free');
});
