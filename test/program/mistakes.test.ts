import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { cleanUp, Igor, run, writeApp } from './support/igor.ts';

afterEach(cleanUp);

describe('igor php-server', () => {
	test('a port in use: one sentence, exit 1', async () => {
		await using taken = createServer();
		await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
		const { port } = taken.address() as { port: number };
		const { status, out, err } = await run(['php-server', '--listen', `127.0.0.1:${port}`], writeApp({}));
		expect({ status, out }).toEqual({ status: 1, out: '' });
		expect(err).toBe(
			`igor: Cannot listen on 127.0.0.1:${port}: the port is in use; stop the other program or choose another port (--listen HOST:PORT).\n`,
		);
	});

	test.each([[['--thread', '3']], [['--threads']], [['extra']]])('%j: usage, exit 2', async (args) => {
		const { status, out, err } = await run(['php-server', ...args]);
		expect({ status, out }).toEqual({ status: 2, out: '' });
		expect(err).toMatch(/^error: .*\n(\(Did you mean .*\)\n)?\(add --help for more information\)\n$/);
	});

	test.each([
		[['--root', 'nowhere'], /The root \S+\/nowhere does not exist/],
		[['--worker', 'nowhere.php'], /The worker script \S+\/nowhere\.php does not exist/],
		[['--sidekick-entrypoint', 'nowhere'], /The sidekick entrypoint \S+\/nowhere does not exist/],
		[['--listen', 'localhost'], /Cannot listen on 'localhost'/],
		[['--watch'], /--watch restarts workers, .*there is no --worker/],
		[['--domain', ''], /--domain is ''; it has to be a host name/],
		[['--domain', 'https://app.test'], /--domain is 'https:\/\/app\.test'; it has to be a host name/],
		[['--domain', 'a.test:443'], /--domain is 'a\.test:443'/],
		[['--php', '7.4'], /PHP '7\.4' is not available/],
	])('%j: one sentence, exit 1', async (args, sentence) => {
		const { status, out, err } = await run(['php-server', ...args], writeApp({}));
		expect({ status, out }).toEqual({ status: 1, out: '' });
		expect(err).toMatch(sentence);
		expect(err.trimEnd().split('\n')).toHaveLength(1);
	});

	test.each([
		['throws', '<?php throw new LogicException("thrown on purpose");', /thrown on purpose in .*worker\.php:1/],
		['ends at once', '<?php', /worker\.php ended before its first frankenphp_handle_request\(\): exit status 0/],
	])('a worker that %s before its first request: the reason, exit 1', async (_, script, reason) => {
		const folder = writeApp({ 'worker.php': script });
		const { status, out, err } = await run(['php-server', '--listen', '0', '--worker', 'worker.php'], folder);
		expect({ status, out }).toEqual({ status: 1, out: '' });
		expect(err).toMatch(reason);
		// PHP's own trace is useful, ours is not.
		expect(err).not.toMatch(/^\s+at /m);
	});
});

/** What a server has logged, by its lines of JSON. */
const records = (igor: Igor): Record<string, unknown>[] =>
	igor.stderr
		.split('\n')
		.slice(0, -1)
		.map((line) => JSON.parse(line));

describe('what a script gets wrong, the log says', () => {
	test('STDERR in a page: what to write to instead', async () => {
		const folder = writeApp({
			'index.php': `<?php namespace App; fwrite(\\STDERR, 'x');`,
			'own.php': `<?php namespace App; echo STDIN;`,
		});
		const igor = new Igor(['php-server', '--listen', '127.0.0.1:0', '--threads', '1'], folder);
		const url = await igor.ready();
		for (const path of ['/', '/own.php']) expect((await fetch(url + path)).status).toBe(500);
		await igor.until(() => igor.stderr.includes('own.php') && igor.stderr.endsWith('\n'));
		expect(records(igor).flatMap(({ hint }) => hint ?? [])).toEqual([
			expect.stringMatching(/^STDERR belongs to PHP's command line, .* php:\/\/stderr/),
			expect.stringMatching(/^STDIN belongs to PHP's command line, .* php:\/\/input/),
		]);
	});

	test('a sidekick that publishes and returns: one warning that says what to do', async () => {
		const folder = writeApp({
			console: `<?php frankenphp_sidekick_set_vars(['runs' => (string) (@file_get_contents('/tmp/runs') + 1)]); file_put_contents('/tmp/runs', @file_get_contents('/tmp/runs') + 1);`,
			'index.php': `<?php echo frankenphp_sidekick_get_vars('flags')['runs'];`,
		});
		const igor = new Igor(
			['php-server', '--listen', '127.0.0.1:0', '--threads', '1', '--sidekick-entrypoint', 'console'],
			folder,
		);
		const url = await igor.ready();
		const runs = async (): Promise<number> => Number(await (await fetch(url)).text());
		await runs();
		await igor.until(() => igor.stderr.includes('"event":"returns"'));
		const before = await runs();
		await eventually('three runs more', async () => (await runs()) >= before + 3);
		const told = records(igor).filter(({ sidekick }) => sidekick === 'flags');
		const warned = told.findIndex(({ event }) => event === 'returns');
		expect(told[warned]).toMatchObject({
			level: 'warn',
			msg: 'sidekick "flags" publishes and returns, and is started again each time; keep it running in a loop: while (!frankenphp_sidekick_should_stop())',
		});
		expect(told.slice(warned + 1)).toEqual([]);
	});
});
