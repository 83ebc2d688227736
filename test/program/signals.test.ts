import { afterEach, describe, expect, test } from 'vitest';
import { startServer, text } from './support/apps.ts';
import { cleanUp, Igor, writeApp } from './support/igor.ts';

afterEach(cleanUp);

/** The stop timeout of `igor php-server`, milliseconds. */
const STOP_TIMEOUT = 5000;
/** For a stop that waits for all that it may wait for, on a slow machine. */
const FAR_TOO_LONG = 3 * STOP_TIMEOUT;
/** The log's word for a sidekick that had to be ended. */
const IGNORED_STOP = /did not stop within/;

async function exitAfter(igor: Igor, ...signals: NodeJS.Signals[]) {
	const started = performance.now();
	for (const signal of signals) igor.signal(signal);
	let timer: NodeJS.Timeout | undefined;
	const deadline = new Promise<string>((resolve) => {
		timer = setTimeout(() => resolve('still running'), FAR_TOO_LONG);
	});
	const status = await Promise.race([igor.exit, deadline]);
	clearTimeout(timer);
	return { status, waited: performance.now() - started >= STOP_TIMEOUT };
}

describe('igor php-server', { timeout: 30_000 }, () => {
	test.each(['SIGTERM', 'SIGINT'] as const)('%s: exit 0 at once when nothing runs', async (signal) => {
		const { igor } = await startServer();
		expect(await exitAfter(igor, signal)).toEqual({ status: 0, waited: false });
	});

	test('SIGTERM while a sidekick sits in sleep(60): it wakes, and exit 0', async () => {
		const { igor, url } = await startServer();
		await text(`${url}/vars.php?name=sleeps`);
		expect(await exitAfter(igor, 'SIGTERM')).toEqual({ status: 0, waited: false });
		expect(igor.stderr).not.toMatch(IGNORED_STOP);
	});

	test('SIGTERM while a sidekick spins: it is ended after the stop timeout, and exit 0', async () => {
		const { igor, url } = await startServer();
		await text(`${url}/vars.php?name=spins`);
		expect(await exitAfter(igor, 'SIGTERM')).toEqual({ status: 0, waited: true });
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

	test('SIGTERM while a request runs: it is answered, and no new connection is taken', async () => {
		const { igor, url } = await startServer();
		const slow = await fetch(`${url}/worker.php?slow`);
		const exited = exitAfter(igor, 'SIGTERM');
		expect(await slow.text()).toBe('begun worker 1');
		expect(await exited).toEqual({ status: 0, waited: false });
		await expect(fetch(url)).rejects.toThrow();
	});

	test('SIGTERM while a client holds an idle connection: exit 0 at once', async () => {
		const { igor, url } = await startServer();
		await text(`${url}/hello.php`);
		expect(await exitAfter(igor, 'SIGTERM')).toEqual({ status: 0, waited: false });
	});

	test('SIGTERM while a worker spins before its first request: it ends all the same', async () => {
		const folder = writeApp({ 'worker.php': '<?php frankenphp_log("booting"); while (true);' });
		const igor = new Igor(['php-server', '--listen', '0', '--worker', 'worker.php'], folder);
		await igor.until(() => /booting/.test(igor.stderr));
		const { status } = await exitAfter(igor, 'SIGTERM');
		expect(status).not.toBe('still running');
		expect(igor.stdout).toBe('');
	});
});
