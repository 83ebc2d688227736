import { afterEach, describe, expect, test } from 'vitest';
import { type App, startApp } from './support/app.ts';
import { RawClient } from './support/raw-client.ts';

const STOP_TIMEOUT = 400;

let app: App;
afterEach(() => app.server.close());

describe('close() is bounded by the stop timeout while a request', () => {
	test.each([
		['sleeps', '/sleep.php', /sleeping/],
		['spins', '/spin.php', /spinning/],
		['waits for a sidekick that never gets ready', '/wait.php', /waiting/],
	])('%s; it gets an error', async (_, path, logged) => {
		app = await startApp({ stopTimeout: STOP_TIMEOUT });
		const answer = app.server.fetch(path).then(
			(response) => response.status,
			() => 'broken off',
		);
		await app.log.waitFor(logged);
		await app.server.close();
		expect([500, 503, 'broken off']).toContain(await answer);
		await expect(app.server.fetch('/hello.php')).rejects.toThrow(/clos/);
	});

	test.each([
		[
			'reads a body that does not come',
			'POST /body.php HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n',
			/reading the body/,
		],
		['sends to a client that does not read', 'GET /endless.php HTTP/1.1\r\nHost: x\r\n\r\n', undefined],
	])('%s', async (_, request, logged) => {
		app = await startApp({ stopTimeout: STOP_TIMEOUT, listen: 0 });
		using client = new RawClient(app.server.url).send(request);
		if (logged !== undefined) await app.log.waitFor(logged);
		else await client.answer(/x{8000}/);
		client.socket.pause();
		await app.server.close();
	});
});

describe('close()', () => {
	test('lets a running request finish, and its answer is whole', async () => {
		app = await startApp({ listen: 0 });
		const slow = await fetch(`${app.server.url}/megabytes-in-time.php`);
		const closed = app.server.close();
		expect((await slow.text()).length).toBe(100 * 10_000);
		await closed;
	});

	test('may be called again, and at the same time', async () => {
		app = await startApp();
		await Promise.all([app.server.close(), app.server.close()]);
		await app.server.close();
	});
});
