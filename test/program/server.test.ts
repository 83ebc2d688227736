import { afterEach, describe, expect, test } from 'vitest';
import { startServer, text } from './support/apps.ts';
import { cleanUp } from './support/igor.ts';

afterEach(cleanUp);

describe('igor php-server', () => {
	test('says in one line where it listens, and answers classic and worker requests there', async () => {
		const { igor, url } = await startServer();
		expect(igor.stdout).toMatch(/^Listening on http:\/\/127\.0\.0\.1:\d+\n$/);
		expect(await text(`${url}/hello.php?x=1`)).toBe('classic /hello.php 1');
		expect(await text(`${url}/worker.php`)).toBe('worker 1');
		expect(await text(`${url}/worker.php`)).toBe('worker 2');
		expect(igor.stdout.split('\n')).toHaveLength(2);
	});

	test('goes on after a worker threw and after PHP crashed, and the log on stderr tells of both', async () => {
		const { igor, url } = await startServer();
		expect((await fetch(`${url}/worker.php?throw`)).status).toBe(500);
		expect(await text(`${url}/worker.php`)).toBe('worker 1');
		expect((await fetch(`${url}/trap.php`)).status).toBe(500);
		expect(await text(`${url}/hello.php`)).toMatch(/^classic/);
		await igor.until(() => /thrown on purpose/.test(igor.stderr) && /PHP crashed/.test(igor.stderr));
		for (const line of igor.stderr.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
	});

	test('starts a sidekick that crashed again, while its readers keep the last snapshot', async () => {
		const { igor, url } = await startServer();
		expect(await text(`${url}/vars.php?name=crashes`)).toBe('{"pid":"1"}');
		await igor.until(() => (igor.stderr.match(/crashed on purpose/g) ?? []).length >= 2);
		expect(await text(`${url}/vars.php?name=crashes`)).toBe('{"pid":"1"}');
	});
});
