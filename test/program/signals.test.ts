import { afterEach, describe, expect, test } from 'vitest';
import { startPatientServer, startServer, text } from './support/apps.ts';
import { cleanUp, Igor, writeApp } from './support/igor.ts';

afterEach(cleanUp);

/** The log's word for a sidekick that had to be ended. */
const IGNORED_STOP = /did not stop within/;

describe('igor php-server', () => {
	test.each(['SIGTERM', 'SIGINT'] as const)('%s: exit 0', async (signal) => {
		const { igor } = await startServer();
		igor.signal(signal);
		expect(await igor.exit).toBe(0);
	});

	test('SIGTERM while a sidekick spins: it is ended after the stop timeout, and exit 0', async () => {
		const { igor, url } = await startServer();
		await text(`${url}/vars.php?name=spins`);
		igor.signal('SIGTERM');
		expect(await igor.exit).toBe(0);
		expect(igor.stderr).toMatch(IGNORED_STOP);
	});

	test('a later signal ends it at once', async () => {
		const { igor, url } = await startServer();
		await text(`${url}/vars.php?name=spins`);
		igor.signal('SIGTERM');
		// Those of the first half second count as the first one.
		const again = setInterval(() => igor.signal('SIGTERM'), 100);
		expect(await igor.exit).toBe(143);
		clearInterval(again);
	});

	test('SIGTERM while a worker spins before its first request: it ends all the same', async () => {
		const folder = writeApp({ 'worker.php': '<?php frankenphp_log("booting"); while (true);' });
		const igor = new Igor(['php-server', '--listen', '0', '--worker', 'worker.php'], folder);
		await igor.until(() => /booting/.test(igor.stderr));
		igor.signal('SIGTERM');
		await igor.exit;
		expect(igor.stdout).toBe('');
	});
});

describe('a stop waits for nothing but what has to end', () => {
	test.each(['SIGTERM', 'SIGINT'] as const)('%s when nothing runs', async (signal) => {
		const { igor } = await startPatientServer();
		igor.signal(signal);
		expect(await igor.exit).toBe(0);
	});

	test('a sidekick that sits in sleep(60) wakes', async () => {
		const { igor, url } = await startPatientServer();
		await text(`${url}/vars.php?name=sleeps`);
		igor.signal('SIGTERM');
		expect(await igor.exit).toBe(0);
		expect(igor.stderr).not.toMatch(IGNORED_STOP);
	});

	test('a request that runs is answered, and no new connection is taken', async () => {
		const { igor, url } = await startPatientServer();
		const slow = await fetch(`${url}/worker.php?slow`);
		igor.signal('SIGTERM');
		expect(await slow.text()).toBe('begun worker 1');
		expect(await igor.exit).toBe(0);
		await expect(fetch(url)).rejects.toThrow();
	});

	test('a connection that a client holds idle is closed', async () => {
		const { igor, url } = await startPatientServer();
		await text(`${url}/hello.php`);
		igor.signal('SIGTERM');
		expect(await igor.exit).toBe(0);
	});
});
