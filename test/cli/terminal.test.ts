import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { cleanUp, Igor, writeApp } from '../program/support/igor.ts';
import { Terminal } from '../program/support/terminal.ts';
import { freePort } from '../support/free-port.ts';

afterAll(cleanUp);

const FILES = {
	'bin/console': `<?php while (!frankenphp_sidekick_should_stop()) { frankenphp_sidekick_set_vars(['a' => '1']); sleep(1); }`,
	'bin/clock.php': `<?php $handle = new FrankenPHP\\WorkerHandle();
		do { $handle->setVars(['a' => 1]); $read = [$handle->getStream()]; $none = null; stream_select($read, $none, $none, 5); } while ($handle->tick());`,
	'public/index.php': `<?php echo 'a page';`,
	'public/worker.php': `<?php while (frankenphp_handle_request(function () { echo 'a worker'; }));`,
	'public/log.php': `<?php frankenphp_log("one\\x1b[2J \\u{9b}2J", FRANKENPHP_LOG_LEVEL_WARN, ['city' => "Aarau \\u{9b}2J"]);`,
};

function open(args: readonly string[], folder: string): Terminal {
	const terminal = new Terminal(args, folder, { XDG_CONFIG_HOME: join(folder, '.config') });
	onTestFinished(() => terminal.close());
	return terminal;
}

describe('a server on a terminal', { timeout: 60_000 }, () => {
	test('php-server tells in a few lines what runs', async () => {
		const folder = writeApp(FILES);
		const port = await freePort();
		const terminal = open(
			[
				...['php-server', '--root', 'public', '--listen', `127.0.0.1:${port}`, '--threads', '1', '--mount', '/etc:ro'],
				...['--worker', 'public/worker.php,1', '--sidekick-entrypoint', 'bin/console'],
			],
			folder,
		);
		await terminal.until('Visible to PHP');
		expect(terminal.shown.slice(terminal.shown.indexOf('Listening')).trimEnd().split('\n')).toEqual([
			`Listening on http://127.0.0.1:${port}`,
			'PHP 8.4: 1 thread for requests',
			'Workers: public/worker.php (1 thread)',
			'Sidekicks: bin/console, when a page asks for one',
			'Admin API: off',
			`Visible to PHP: ${folder}, /etc (read-only) and a /tmp of its own`,
		]);
	});

	test('run tells the same of a Caddyfile', async () => {
		const [port, admin] = [await freePort(), await freePort()];
		const caddyfile = `{
	admin 127.0.0.1:${admin}
}
http://127.0.0.1:${port} {
	root public
	php_server {
		worker {
			file bin/clock.php
			name clock
			background
		}
		sidekick {
			entrypoint bin/console
			eager a b
		}
	}
}
`;
		const folder = writeApp({ ...FILES, Caddyfile: caddyfile });
		const terminal = open(['run', '--php', '8.4'], folder);
		await terminal.until('Visible to PHP');
		const lines = terminal.shown.slice(terminal.shown.indexOf('Listening')).split('\n');
		expect(lines.slice(0, 6)).toEqual([
			`Listening on http://127.0.0.1:${port}`,
			'PHP 8.4: 2 threads for requests',
			'Workers: in the background clock (1 thread)',
			'Sidekicks: bin/console, a and b from the start',
			`Admin API: http://127.0.0.1:${admin}`,
			`Visible to PHP: ${folder} and a /tmp of its own`,
		]);
	});

	test('a start that takes its time says so', async () => {
		const folder = writeApp({
			...FILES,
			'public/worker.php': `<?php while (!file_exists('go')) usleep(50_000); while (frankenphp_handle_request(function () {}));`,
		});
		const terminal = open(
			['php-server', '--root', 'public', '--listen', '127.0.0.1:0', '--worker', 'public/worker.php'],
			folder,
		);
		await terminal.until('Starting: ');
		expect(terminal.shown).not.toContain('Listening');
		writeFileSync(join(folder, 'public/go'), '');
		await terminal.until('Visible to PHP');
	});

	test('an event is one line, and a request as short as it can be; nothing of them controls the terminal', async () => {
		const folder = writeApp(FILES);
		const port = await freePort();
		const terminal = open(['php-server', '--root', 'public', '--listen', `127.0.0.1:${port}`, '--access-log'], folder);
		await terminal.until('Visible to PHP');
		await (await fetch(`http://127.0.0.1:${port}/log.php?b=1`)).text();
		await terminal.until('log.php?b=1');
		const lines = terminal.shown.trimEnd().split('\n');
		const event = lines.filter((line) => line.includes('Aarau'));
		expect(event).toEqual([
			expect.stringMatching(/^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: one\\x1b\[2J \\x9b2J \{.*"city":"Aarau \\x9b2J".*\}$/),
		]);
		expect(lines.filter((line) => line.includes('log.php?b=1'))).toEqual([
			expect.stringMatching(
				/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: 127\.0\.0\.1 GET http:\/\/127\.0\.0\.1:\d+\/log\.php\?b=1 200, \d+ bytes, [\d.]+ ms$/,
			),
		]);
		for (const control of ['\u001b[2J', '\u009b']) expect(terminal.raw).not.toContain(control);
	});

	test('without a terminal there is the one line, and JSON', async () => {
		const folder = writeApp(FILES);
		const igor = new Igor(
			['php-server', '--root', 'public', '--listen', '127.0.0.1:0', '--threads', '1', '--access-log'],
			folder,
		);
		const url = await igor.ready();
		await (await fetch(`${url}/log.php`)).text();
		await igor.until(() => igor.stderr.includes('handled request'));
		expect(igor.stdout).toBe(`Listening on ${url}\n`);
		for (const line of igor.stderr.trimEnd().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
	});
});
