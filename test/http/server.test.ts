import { symlinkSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PhpRequest } from '../../src/http/php-port.ts';
import { COUNT_BODY, folderWith, OK, raw, type Script, serveStub } from './stub-application.ts';

function deferred<T = void>() {
	return Promise.withResolvers<T>();
}

describe('requests to PHP', () => {
	test('carry what the client sent', async () => {
		const seen = deferred<PhpRequest>();
		const server = await serveStub((request, sink) => {
			seen.resolve(request);
			return OK(request, sink);
		});
		const answer = await raw(
			server.url,
			'GET /a/%20b?x=1&y HTTP/1.1\r\nHost: example.test:99\r\nX-Test: \xe9\r\nx-test: 2\r\nConnection: close\r\n\r\n',
		);
		expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
		expect(answer).toContain('Content-Length: 2\r\n');
		expect(answer.endsWith('\r\n\r\nok')).toBe(true);
		expect(await seen.promise).toMatchObject({
			worker: undefined,
			method: 'GET',
			requestUri: '/a/%20b?x=1&y',
			queryString: 'x=1&y',
			scriptName: '/index.php',
			scriptFilename: join(server.root, 'index.php'),
			documentRoot: server.root,
			serverName: 'example.test',
			serverPort: 99,
			serverAddress: '127.0.0.1',
			remoteAddress: '127.0.0.1',
			https: false,
			protocol: 1001,
			contentLength: -1,
			hasBody: false,
		});
		expect((await seen.promise).rawHeaders.slice(2, 6)).toEqual(['X-Test', '\xe9', 'x-test', '2']);
	});

	test('a script of a worker goes to its worker', async () => {
		const root = folderWith({ 'index.php': '', 'w.php': '' });
		const workers: (number | undefined)[] = [];
		const server = await serveStub(
			(request, sink) => {
				workers.push(request.worker);
				return OK(request, sink);
			},
			{ root, workers: [{ file: join(root, 'w.php'), num: 1, name: 'w', env: {}, maxConsecutiveFailures: 6 }] },
		);
		await fetch(`${server.url}/w.php/x`);
		await fetch(server.url);
		expect(workers).toEqual([0, undefined]);
	});

	test.each(['socket', 'fetch'] as const)('bodies stream in with back-pressure (%s)', async (way) => {
		const server = await serveStub(COUNT_BODY);
		const send = way === 'socket' ? fetch : server.fetch;
		const post = { method: 'POST', body: 'x'.repeat(3_000_000) };
		expect(await (await send(`${server.url}/`, post)).text()).toBe('3000000');
		expect(await (await send(`${server.url}/`, { method: 'POST', body: 'abc' })).text()).toBe('3');
	});

	test('a chunked body has no length', async () => {
		const seen: PhpRequest[] = [];
		const server = await serveStub((request, sink) => {
			seen.push(request);
			return COUNT_BODY(request, sink);
		});
		const answer = await raw(
			server.url,
			'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
		);
		expect(answer).toMatch(/3$/);
		expect(seen[0]).toMatchObject({ contentLength: -1, hasBody: true });
	});

	test('a body that PHP leaves unread does not spoil the connection', async () => {
		const server = await serveStub((request, sink) => {
			if (request.method !== 'POST') return OK(request, sink);
			setImmediate(() => sink.wantBody());
			return {
				pushBody() {
					setImmediate(() => sink.complete(200, undefined, [], 'early'));
					return false;
				},
			};
		});
		const body = 'x'.repeat(500_000);
		const answer = await raw(
			server.url,
			`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
		);
		expect(answer).toMatch(/early[\s\S]*ok$/);
	});

	test('a body shorter than announced is an abort, and the server lives', async () => {
		const aborted = deferred<string>();
		const server = await serveStub((request, sink) => {
			if (request.method === 'GET') return OK(request, sink);
			setImmediate(() => sink.wantBody());
			return { abortBody: () => aborted.resolve('body') };
		});
		const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
			socket.end('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc');
		});
		expect(await aborted.promise).toBe('body');
		expect(await (await fetch(server.url)).text()).toBe('ok');
	});
});

describe('responses', () => {
	test('stream out with back-pressure', async () => {
		const total = 200;
		let stops = 0;
		const server = await serveStub((_request, sink) => {
			let sent = 0;
			const more = (): void => {
				while (sent < total) {
					sent++;
					if (!sink.write(new Uint8Array(65536))) {
						stops++;
						return;
					}
				}
				sink.end();
			};
			setImmediate(() => {
				sink.head(201, 'Made', ['X-A', '1', 'X-A', '2', 'Transfer-Encoding', 'chunked']);
				more();
			});
			return { drained: more };
		});
		for (const answer of [await fetch(server.url), await server.fetch('/')]) {
			expect([answer.status, answer.statusText, answer.headers.get('x-a')]).toEqual([201, 'Made', '1, 2']);
			expect((await answer.arrayBuffer()).byteLength).toBe(total * 65536);
		}
		expect(stops).toBeGreaterThan(2);
	});

	test('a head is sent although no body follows yet', async () => {
		const finish = deferred();
		const server = await serveStub((_request, sink) => {
			setImmediate(() => sink.head(200, undefined, []));
			finish.promise.then(() => sink.end());
			return undefined;
		});
		const answer = await fetch(server.url);
		finish.resolve();
		expect(await answer.text()).toBe('');
	});

	test.each([
		['HEAD', 200],
		['GET', 204],
		['GET', 304],
	])('%s %i has no body', async (method, status) => {
		const server = await serveStub((_request, sink) => {
			setImmediate(() => sink.complete(status, undefined, [], 'body'));
			return undefined;
		});
		const answer = await raw(server.url, `${method} / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
		expect(answer.endsWith('\r\n\r\n')).toBe(true);
		expect((await server.fetch('/', { method })).body).toBe(null);
	});

	test('keep cookies apart and bytes intact', async () => {
		const server = await serveStub((_request, sink) => {
			setImmediate(() => sink.complete(200, undefined, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'], '\xff\x00\xe9'));
			return undefined;
		});
		for (const answer of [await fetch(server.url), await server.fetch('/')]) {
			expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
			expect([...new Uint8Array(await answer.arrayBuffer())]).toEqual([255, 0, 233]);
		}
	});

	test('a header that HTTP does not allow is dropped, and the page is sent', async () => {
		const server = await serveStub((_request, sink) => {
			setImmediate(() => sink.complete(200, undefined, ['X-Bad', 'a\nb'], 'x'));
			return undefined;
		});
		for (const answer of [await fetch(server.url), await server.fetch('/')]) {
			expect([answer.status, answer.headers.has('x-bad'), await answer.text()]).toEqual([200, false, 'x']);
		}
	});

	test('a failure of PHP is its status, or a broken connection once a head was sent', async () => {
		let fail = (): void => {};
		const server = await serveStub((request, sink) => {
			setImmediate(() => {
				fail = () => sink.fail({ status: 504, code: 'time_limit', message: 'too slow' });
				if (!request.queryString) return fail();
				sink.head(200, undefined, ['Content-Length', '100']);
				sink.write(new Uint8Array(10));
			});
			return undefined;
		});
		const ways = [(path: string) => fetch(`${server.url}${path}`), (path: string) => server.fetch(path)];
		for (const ask of ways) expect((await ask('/')).status).toBe(504);
		for (const ask of ways) {
			const answer = await ask('/?late');
			fail();
			await expect(answer.text()).rejects.toThrow();
		}
	});

	test('early hints go first', async () => {
		const server = await serveStub((request, sink) => {
			setImmediate(() => sink.informational(103, ['Link', '</a.css>; rel=preload; as=style']));
			return OK(request, sink);
		});
		const answer = await raw(server.url, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
		expect(answer).toMatch(/^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a\.css>[\s\S]*\r\n\r\nHTTP\/1\.1 200 OK/);
	});
});

describe('clients that go away', () => {
	test('before the response: the exchange is aborted', async () => {
		const gone = deferred();
		const running = deferred();
		const server = await serveStub(() => {
			running.resolve();
			return { abort: gone.resolve };
		});
		const client = httpRequest(server.url).on('error', () => {});
		client.end();
		await running.promise;
		client.destroy();
		await gone.promise;
	});

	test('in the middle of the response: likewise, by socket and by fetch', async () => {
		let gone = deferred();
		const server = await serveStub((_request, sink) => {
			setImmediate(() => {
				sink.head(200, undefined, []);
				sink.write(new Uint8Array(10));
			});
			return { abort: () => gone.resolve() };
		});
		const controller = new AbortController();
		await fetch(server.url, { signal: controller.signal });
		controller.abort();
		await gone.promise;
		gone = deferred();
		await (await server.fetch('/')).body?.cancel();
		await gone.promise;
		gone = deferred();
		const second = new AbortController();
		const answer = await server.fetch('/', { signal: second.signal });
		second.abort();
		await gone.promise;
		await expect(answer.text()).rejects.toThrow();
	});
});

describe('bad requests', () => {
	test.each([
		['nonsense', 'NONSENSE\r\n\r\n', 400],
		['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
		['malformed escape', 'GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
		['asterisk', 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
		['long target', `GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 414],
		['huge headers', `GET / HTTP/1.1\r\nHost: x\r\n${'X-Long-Header: value\r\n'.repeat(2000)}\r\n`, 431],
		['1,000 headers', `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${'X-H: v\r\n'.repeat(1000)}\r\n`, 200],
		['absolute form', 'GET http://x/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 200],
		['continue', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n', 100],
		['other expectation', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\nConnection: close\r\n\r\n', 417],
	])('%s', async (_name, text, status) => {
		const server = await serveStub(OK);
		expect(await raw(server.url, text)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
		expect(await (await fetch(server.url)).text()).toBe('ok');
	});
});

describe('static files', () => {
	const files = { '.env': 'SECRET', 'sub dir/ü#?.txt': 'hello', '.well-known/x': 'known', 'page/index.php': '' };

	test('are sent with type, ETag, ranges; not to POST', async () => {
		const server = await serveStub(OK, { files });
		const whole = await fetch(`${server.url}/style.css`);
		expect(whole.headers.get('content-type')).toBe('text/css; charset=utf-8');
		expect(await whole.text()).toBe('body {}');
		const etag = whole.headers.get('etag') ?? '';
		expect(
			(await fetch(`${server.url}/style.css`, { headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' } }))
				.status,
		).toBe(304);
		const part = await fetch(`${server.url}/style.css`, { headers: { range: 'bytes=0-3' } });
		expect([part.status, await part.text()]).toEqual([206, 'body']);
		const beyond = await fetch(`${server.url}/style.css`, { headers: { range: 'bytes=99-' } });
		expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */7']);
		const head = await fetch(`${server.url}/style.css`, { method: 'HEAD' });
		expect([head.status, head.headers.get('content-length')]).toEqual([200, '7']);
		const post = await fetch(`${server.url}/style.css`, { method: 'POST', body: 'x' });
		expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
		expect(await (await fetch(`${server.url}/sub%20dir/%C3%BC%23%3F.txt`)).text()).toBe('hello');
		expect(await (await fetch(`${server.url}/.well-known/x`)).text()).toBe('known');
		expect(await (await server.fetch('/style.css')).text()).toBe('body {}');
	});

	test('directories redirect with their query; hidden files and links that lead out do not exist', async () => {
		const server = await serveStub(OK, { files });
		const outside = folderWith({ 'secret.txt': 'SECRET' });
		symlinkSync(join(outside, 'secret.txt'), join(server.root, 'link.txt'));
		symlinkSync(outside, join(server.root, 'linked'));
		symlinkSync(join(server.root, '.env'), join(server.root, 'env.txt'));
		const redirect = await fetch(`${server.url}/page?a=b`, { redirect: 'manual' });
		expect([redirect.status, redirect.headers.get('location')]).toEqual([308, '/page/?a=b']);
		expect((await fetch(`${server.url}/.env`)).status).toBe(404);
		expect((await fetch(`${server.url}/env.txt`)).status).toBe(404);
		// As if nothing were there: the front controller answers.
		expect(await (await fetch(`${server.url}/link.txt`)).text()).toBe('ok');
		expect(await (await fetch(`${server.url}/linked/secret.txt`)).text()).toBe('ok');
	});
});

describe('closing', () => {
	test('finishes what runs, closes what is idle or silent, refuses what is new', async () => {
		const running = deferred();
		const finish = deferred();
		const server = await serveStub((_request, sink) => {
			running.resolve();
			finish.promise.then(() => sink.complete(200, undefined, [], 'finished'));
			return undefined;
		});
		const silent = connect(Number(new URL(server.url).port), '127.0.0.1');
		await new Promise((resolve) => silent.on('connect', resolve));
		const silentClosed = new Promise((resolve) => silent.on('close', resolve).on('error', () => {}));
		const answer = fetch(server.url);
		await running.promise;
		const closed = server.close();
		await silentClosed;
		await expect(server.fetch('/')).rejects.toMatchObject({ code: 'server_closed' });
		await expect(fetch(server.url)).rejects.toThrow();
		finish.resolve();
		expect(await (await answer).text()).toBe('finished');
		await closed;
	});

	test('cuts off what does not finish in time', async () => {
		const running = deferred();
		const gone = deferred();
		const script: Script = () => {
			running.resolve();
			return { abort: gone.resolve };
		};
		const server = await serveStub(script, { stopTimeout: 50 });
		const answer = expect(fetch(server.url)).rejects.toThrow();
		await running.promise;
		await server.close();
		await gone.promise;
		await answer;
	});

	test.each([
		['POST', 'Content-Length: 5', 'hello', '5'],
		['GET', 'Content-Length: 5', 'hello', '5'],
		['POST', 'Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n', '5'],
	])('reads the body of a %s with %s that asks for a WebSocket', async (method, framing, body, answer) => {
		const server = await serveStub(COUNT_BODY);
		const head = `${method} / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n${framing}\r\n\r\n`;
		expect(await raw(server.url, head + body)).toMatch(new RegExp(`\r\n\r\n(${answer}|1\r\n${answer}\r\n0\r\n\r\n)$`));
	});

	test('gives a request that hangs the stop timeout once, and its thread a second more', async () => {
		const running = deferred();
		const script: Script = () => {
			running.resolve();
			return {};
		};
		const given: (number | undefined)[] = [];
		const server = await serveStub(script, { stopTimeout: 50, onClose: (patience) => given.push(patience) });
		const answer = expect(fetch(server.url)).rejects.toThrow();
		await running.promise;
		await server.close();
		await answer;
		expect(given).toEqual([1000]);
	});

	test('leaves the threads of an idle server the rest of the stop timeout', async () => {
		const given: (number | undefined)[] = [];
		const server = await serveStub(OK, { stopTimeout: 60_000, onClose: (patience) => given.push(patience) });
		await server.close();
		expect(given).toEqual([expect.toSatisfy((patience: number) => patience > 1000 && patience <= 60_000)]);
	});

	test('a port in use is one clear sentence', async () => {
		const server = await serveStub(OK);
		const port = Number(new URL(server.url).port);
		await expect(serveStub(OK, { listen: { host: '127.0.0.1', port } })).rejects.toMatchObject({
			code: 'cannot_listen',
			message: `Cannot listen on 127.0.0.1:${port}: the port is in use; stop the other program or choose another port.`,
		});
	});
});
