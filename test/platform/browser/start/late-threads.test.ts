import { serve } from 'igor-php/browser';
import { expect, onTestFinished, test } from 'vitest';
import type { BrowserServeOptions, BrowserServer } from '../../../../src/browser.ts';
import { CapturingLogger } from '../../../support/capturing-logger.ts';
import { eventually } from '../../../support/eventually.ts';
import { worker } from '../../../threads/fixtures.ts';

const log = new CapturingLogger();
const fatal: Error[] = [];

async function start(options: Omit<BrowserServeOptions, 'log' | 'onFatal'>): Promise<BrowserServer> {
	const server: BrowserServer = await serve({ ...options, log, onFatal: (error: Error) => fatal.push(error) });
	onTestFinished(() => server.close());
	return server;
}

const ready = (server: BrowserServer, role: string) =>
	server.threads().filter((thread) => thread.role === role && thread.state !== 'booting').length;

test('an app answers by its first worker thread, and the others follow', async () => {
	const server = await start({ files: { 'w.php': worker() }, workers: [{ file: 'w.php', num: 3 }], threads: 2 });
	expect(ready(server, 'worker')).toBe(1);
	expect(await (await server.fetch('/w.php')).text()).toMatch(/^one /);
	await eventually('three workers and two classic threads', () => {
		return ready(server, 'worker') === 3 && ready(server, 'classic') === 2;
	});
});

test('a request that needs a classic thread waits for the first', async () => {
	const server = await start({
		files: { 'w.php': worker(), 'page.php': '<?php echo "page";' },
		workers: [{ file: 'w.php', num: 2 }],
		threads: 1,
	});
	expect(ready(server, 'classic')).toBe(0);
	expect(await (await server.fetch('/page.php')).text()).toBe('page');
});

test('threads that find broken code when it is their turn are tried again until it is mended', async () => {
	const server = await start({
		files: { 'w.php': worker('old') },
		workers: [{ file: 'w.php', num: 2 }],
		maxConsecutiveFailures: 1,
	});
	server.files.write('w.php', '<?php throw new LogicException("not yet");');
	await eventually('the failure of the second', () => JSON.stringify(log.records).includes('not yet'));
	expect(await (await server.fetch('/w.php')).text()).toMatch(/^old /);
	server.files.write('w.php', worker('new'));
	await eventually('the second thread', () => ready(server, 'worker') === 2);
	expect(fatal).toEqual([]);
});

test('an app that is closed while threads are still to come ends at once', async () => {
	const server = await start({ files: { 'w.php': worker() }, workers: [{ file: 'w.php', num: 8 }], threads: 8 });
	await server.close();
	expect(server.threads()).toEqual([]);
});

test('a start that nobody wants any longer ends, even in an endless loop before the first request', async () => {
	const abandon = new AbortController();
	const starting = serve({
		files: { 'w.php': '<?php error_log("looping"); while (true);' },
		workers: [{ file: 'w.php', num: 1 }],
		log,
		signal: abandon.signal,
	});
	const ended = expect(starting).rejects.toThrow('corrected');
	await eventually('the loop', () => JSON.stringify(log.records).includes('looping'));
	abandon.abort(new Error('corrected'));
	await ended;
	const server = await start({ files: { 'w.php': worker('corrected') }, workers: [{ file: 'w.php', num: 1 }] });
	expect(await (await server.fetch('/w.php')).text()).toMatch(/^corrected /);
});
