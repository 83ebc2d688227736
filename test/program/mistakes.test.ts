import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp, run, writeApp } from './support/igor.ts';

afterEach(cleanUp);

describe('igor php-server', () => {
	test('a port in use: one sentence, exit 1', async () => {
		await using taken = createServer();
		await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
		const { port } = taken.address() as { port: number };
		const { status, out, err } = await run(['php-server', '--listen', `127.0.0.1:${port}`], writeApp({}));
		expect({ status, out }).toEqual({ status: 1, out: '' });
		expect(err).toBe(
			`igor: Cannot listen on 127.0.0.1:${port}: the port is in use; stop the other program or choose another port.\n`,
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
