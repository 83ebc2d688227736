import { afterEach, describe, expect, test } from 'vitest';
import { startServer, text } from './support/apps.ts';
import { cleanUp, Igor, writeApp } from './support/igor.ts';

afterEach(cleanUp);

/** The stop timeout of `igor php-server`, milliseconds. */
const STOP_TIMEOUT = 5000;

async function exitAfter(igor: Igor, ...signals: NodeJS.Signals[]) {
	const started = performance.now();
	for (const signal of signals) igor.signal(signal);
	let timer: NodeJS.Timeout | undefined;
	const deadline = new Promise<string>((resolve) => {
		timer = setTimeout(() => resolve('still running'), STOP_TIMEOUT + 2000);
	});
	const status = await Promise.race([igor.exit, deadline]);
	clearTimeout(timer);
	return { status, took: performance.now() - started };
}

describe('igor php-server', { timeout: 20_000 }, () => {
	test.each(['SIGTERM', 'SIGINT'] as const)('%s: exit 0 at once when nothing runs', async (signal) => {
		const { igor } = await startServer();
		const { status, took } = await exitAfter(igor, signal);
		expect(status).toBe(0);
		expect(took).toBeLessThan(STOP_TIMEOUT / 2);
	});

	test('SIGTERM while a sidekick sits in sleep(60): exit 0 in less than a second', async () => {
		const { igor, url } = await startServer();
		await text(`${url}/vars.php?name=sleeps`);
		const { status, took } = await exitAfter(igor, 'SIGTERM');
		expect(status).toBe(0);
		expect(took).toBeLessThan(1000);
	});

	test('SIGTERM while a sidekick spins: exit 0 within the stop timeout and a second', async () => {
		const { igor, url } = await startServer();
		await text(`${url}/vars.php?name=spins`);
		const { status, took } = await exitAfter(igor, 'SIGTERM');
		expect(status).toBe(0);
		expect(took).toBeLessThan(STOP_TIMEOUT + 1000);
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
		const { status, took } = await exited;
		expect(status).toBe(0);
		expect(took).toBeLessThan(2000);
		await expect(fetch(url)).rejects.toThrow();
	});

	test('SIGTERM while a client holds an idle connection: exit 0 at once', async () => {
		const { igor, url } = await startServer();
		await text(`${url}/hello.php`);
		const { status, took } = await exitAfter(igor, 'SIGTERM');
		expect(status).toBe(0);
		expect(took).toBeLessThan(STOP_TIMEOUT / 2);
	});

	test('SIGTERM while a worker spins before its first request: exit within the stop timeout and a second', async () => {
		const folder = writeApp({ 'worker.php': '<?php frankenphp_log("booting"); while (true);' });
		const igor = new Igor(['php-server', '--listen', '0', '--worker', 'worker.php'], folder);
		await igor.until(() => /booting/.test(igor.stderr));
		const { status, took } = await exitAfter(igor, 'SIGTERM');
		expect(status).not.toBe('still running');
		expect(took).toBeLessThan(STOP_TIMEOUT + 1000);
		expect(igor.stdout).toBe('');
	});
});
