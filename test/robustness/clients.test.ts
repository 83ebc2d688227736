import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, expectAlive, startApp } from './support/app.ts';
import { RawClient } from './support/raw-client.ts';

let app: App;
beforeAll(async () => {
	app = await startApp({ listen: 0, threads: 1 });
}, 20_000);
afterAll(() => app.server.close());

const client = () => new RawClient(app.server.url);

describe('a client that', () => {
	test('disconnects in the middle of its body frees the thread that reads it', async () => {
		const from = app.log.end;
		using one = client().send('POST /body.php HTTP/1.1', 'Host: x', 'Content-Length: 1000000', '', 'a'.repeat(1000));
		await app.log.waitFor(/reading the body/, from);
		one.socket.resetAndDestroy();
		await expectAlive(app);
	});

	test('sends less than it announced, and ends, frees the thread that reads it', async () => {
		const from = app.log.end;
		using one = client().send('POST /body.php HTTP/1.1', 'Host: x', 'Content-Length: 1000', '', 'short');
		await app.log.waitFor(/reading the body/, from);
		one.socket.end();
		await expectAlive(app);
		await one.closed;
	});

	test('disconnects before its head is complete goes unnoticed', async () => {
		using one = client().send('GET /hello.php HTTP/1.1', 'Host:');
		one.socket.end();
		await one.closed;
		await expectAlive(app);
	});

	test.each(['', '?ignore=1'])('disconnects in the middle of an endless response%s ends the script', async (query) => {
		const from = app.log.end;
		using one = client().send(`GET /endless.php${query} HTTP/1.1`, 'Host: x', '', '');
		await one.answer(/x{8000}/);
		one.socket.resetAndDestroy();
		await app.log.waitFor(/endless ended, aborted: 1/, from);
		await expectAlive(app);
	});

	test('disconnects while its request still waits for a thread is not waited for', async () => {
		using blocking = client().send('GET /endless.php HTTP/1.1', 'Host: x', '', '');
		await blocking.answer(/x{8000}/);
		for (let i = 0; i < 20; i++) {
			using waiting = client().send('GET /endless.php HTTP/1.1', 'Host: x', '', '');
			waiting.socket.end();
		}
		blocking.socket.destroy();
		await expectAlive(app);
	});

	test('sends 1,000 headers gets them all to PHP', async () => {
		const many = Array.from({ length: 1000 }, (_, i) => `X-Many-${i}: ${i}`);
		using one = client().send('GET /headers.php HTTP/1.1', 'Host: x', 'Connection: close', ...many, '', '');
		expect(await one.answer(/\r\n\r\n.+/s)).toMatch(/^HTTP\/1\.1 200 .*1000 999 0/s);
		await expectAlive(app);
	});

	test.each([
		[12_000, /^HTTP\/1\.1 200 .* 12000\b/s],
		[40_000, /^HTTP\/1\.1 431 /],
		[5_000_000, /^HTTP\/1\.1 431 /],
	])('sends a header of %i bytes gets an answer that fits', async (length, answer) => {
		using one = client().send(
			'GET /headers.php HTTP/1.1',
			'Host: x',
			'Connection: close',
			`X-Long: ${'x'.repeat(length)}`,
			'',
			'',
		);
		await one.answer(answer);
		await expectAlive(app);
	});

	test.each([
		['nonsense', ['\x16\x03\x01 what?', '', '']],
		['no Host', ['GET / HTTP/1.1', '', '']],
		['a negative length', ['POST /body.php HTTP/1.1', 'Host: x', 'Content-Length: -5', '', '']],
		['two lengths', ['POST /body.php HTTP/1.1', 'Host: x', 'Content-Length: 1', 'Content-Length: 2', '', 'ab']],
		[
			'length and chunks',
			['POST /body.php HTTP/1.1', 'Host: x', 'Content-Length: 1', 'Transfer-Encoding: chunked', '', '0', '', ''],
		],
		['a NUL in a header', ['GET /hello.php HTTP/1.1', 'Host: x', 'X-A: a\0b', '', '']],
	])('sends %s gets 400', async (_, lines) => {
		using one = client().send(...lines);
		await one.answer(/^HTTP\/1\.1 400 /);
		await expectAlive(app);
	});

	test('sends a bad chunk gets no whole answer, and the thread goes on', async () => {
		const from = app.log.end;
		using one = client().send('POST /body.php HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked', '', '3', 'abc', '');
		await app.log.waitFor(/reading the body/, from);
		one.send('zzz', '');
		await one.closed;
		await expectAlive(app);
	});

	test('sends several requests at once gets the answers in order', async () => {
		using one = client();
		for (let n = 0; n < 10; n++) one.send(`GET /whoami.php?n=${n} HTTP/1.1`, 'Host: x', `X-N: ${n}`, '', '');
		const received = await one.answer(/\b9 9$/);
		expect(received.match(/^\d \d(?=HTTP|$)/gm)).toEqual(Array.from({ length: 10 }, (_, n) => `${n} ${n}`));
	});
});
