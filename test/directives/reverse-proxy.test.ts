import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/log/logger.ts';
import { createSiteHandler } from '../../src/platform/node/sites/site-handler.ts';
import { adapt, directives, refused } from '../caddyfile/support.ts';
import {
	site as listenerSite,
	open,
	options,
	portOf,
	says,
	temporaryFolder,
} from '../platform/node/listeners/support.ts';
import { serveSite } from '../site/serve-site.ts';
import { nowhere, upstream } from './support/upstream.ts';

/** Says what it was asked. */
const tells: RequestListener = async (request: IncomingMessage, response: ServerResponse) => {
	const { method, url, rawHeaders } = request;
	const headers: Record<string, string> = {};
	for (let at = 0; at < rawHeaders.length; at += 2)
		headers[(rawHeaders[at] as string).toLowerCase()] = rawHeaders[at + 1] as string;
	const body = await text(request);
	response.writeHead(Number(headers['x-status'] ?? 200), 'As Asked', [
		'X-Up',
		'é',
		'Set-Cookie',
		'a=1',
		'Set-Cookie',
		'b=2',
		'Keep-Alive',
		'x',
	]);
	response.end(method === 'HEAD' ? '' : JSON.stringify({ method, url, headers, body }));
};

describe('reverse_proxy', () => {
	test('upstreams and options', () => {
		expect(
			directives(
				'reverse_proxy /api/* localhost:9000 https://b.test [::1]:1 unix//run/x.sock {\n to :81\n lb_policy first\n header_up Host {upstream_hostport}\n header_down -Server\n rewrite /x{uri}\n method post\n flush_interval -1\n transport http {\n tls_insecure_skip_verify\n dial_timeout 1s\n }\n}',
			),
		).toMatchObject([
			{
				policy: 'first',
				upstreams: [
					{ secure: false, to: { host: 'localhost', port: 9000 } },
					{ secure: true, to: { host: 'b.test', port: 443 } },
					{ secure: false, to: { host: '::1', port: 1 } },
					{ secure: false, to: { socket: '/run/x.sock' } },
					{ secure: false, to: { host: 'localhost', port: 81 } },
				],
				rewrite: '/x{uri}',
				method: 'POST',
				dialTimeout: 1000,
				insecure: true,
			},
		]);
	});

	test.each([
		'HTTP/1',
		'HTTP/2',
	])('requests and answers pass, without what is about a connection (%s)', async (version) => {
		const to = await upstream(tells);
		const site = await serveSite(
			`reverse_proxy /api/* ${to} {\n header_up X-Added {method}\n header_up -X-Gone\n header_down X-Down yes\n rewrite /new{uri}\n}\nreverse_proxy ${to}`,
			{ http2: version === 'HTTP/2' },
		);
		const headers = { 'x-gone': '1', 'x-forwarded-for': 'forged', 'x-word': 'é', 'x-status': '418' };
		const answer = await site.ask('/api/a%20b?q=1', { method: 'POST', body: 'the body', headers });
		expect(answer).toMatchObject({ status: 418, headers: { 'x-down': 'yes', 'set-cookie': ['a=1', 'b=2'] } });
		expect(answer.headers).not.toHaveProperty('keep-alive', 'x');
		const { headers: seen, ...asked } = JSON.parse(answer.body);
		expect(asked).toEqual({ method: 'POST', url: '/new/api/a%20b?q=1', body: 'the body' });
		expect(seen).toMatchObject({ host: 'site.test', 'x-added': 'POST', 'x-forwarded-host': 'site.test' });
		expect(seen).toMatchObject({ 'x-forwarded-proto': 'http' });
		expect(seen).not.toHaveProperty('x-gone');
		// This client has come by a proxy that is trusted.
		expect(seen['x-forwarded-for']).toBe('forged, 127.0.0.1');
		expect(JSON.parse((await site.ask('/plain')).body)).toMatchObject({ method: 'GET', url: '/plain', body: '' });
		expect(await site.ask('/', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
		const empty = JSON.parse((await site.ask('/', { method: 'DELETE' })).body);
		expect(empty).toMatchObject({ method: 'DELETE', body: '' });
	});

	test('a UNIX socket; a large body both ways; a limit', async () => {
		const to = await upstream((request, response) => request.pipe(response), join(temporaryFolder(), 's'));
		const site = await serveSite(`request_body /small {\n max_size 100\n}\nreverse_proxy ${to}`);
		const body = 'x'.repeat(3_000_000);
		expect((await site.ask('/', { method: 'POST', body })).body).toHaveLength(body.length);
		const chunked = { 'transfer-encoding': 'chunked' };
		expect((await site.ask('/', { method: 'POST', body, headers: chunked })).body).toHaveLength(body.length);
		expect((await site.ask('/small', { method: 'POST', body, headers: chunked })).status).toBe(413);
		await site.idle();
	});

	test('nobody there is 502, an answer that breaks off is cut off, and both can be told by handle_errors', async () => {
		const cut = await upstream((_, response) => {
			response.writeHead(200, { 'Content-Length': 10 });
			response.write('abc', () => response.destroy());
		});
		const slow = await upstream(() => {});
		const site = await serveSite(
			`reverse_proxy /cut ${cut}\nreverse_proxy /slow ${slow} {\n transport http {\n response_header_timeout 20ms\n }\n}\nreverse_proxy ${await nowhere()}`,
		);
		expect((await site.ask('/')).status).toBe(502);
		expect((await site.ask('/slow')).status).toBe(504);
		await expect(site.ask('/cut')).rejects.toThrow();
		await site.idle();
	});

	test('round_robin takes turns, and a client that leaves ends what it has asked for', async () => {
		const gone = Promise.withResolvers<void>();
		const one = await upstream((request, response) => {
			if (request.url === '/wait') response.on('close', gone.resolve).writeHead(200).flushHeaders();
			else response.end('one');
		});
		const two = await upstream((_, response) => response.end('two'));
		const site = await serveSite(
			`reverse_proxy /wait ${one}\nreverse_proxy ${one} ${two} {\n lb_policy round_robin\n}`,
		);
		const answers = [await site.ask('/'), await site.ask('/'), await site.ask('/')].map(({ body }) => body);
		expect(answers).toEqual(['one', 'two', 'one']);
		const controller = new AbortController();
		await fetch(`${site.url}/wait`, { signal: controller.signal });
		controller.abort();
		await gone.promise;
		await site.idle();
	});

	test('an upstream that speaks TLS, by the name that its certificate has', async () => {
		const desk = await open([listenerSite('https://desk.localhost:0 {\n}', says('desk'))], options());
		const to = `https://127.0.0.1:${portOf(desk, 'https')}`;
		const site = await serveSite(
			`handle /known {\n reverse_proxy ${to} {\n header_up Host desk.localhost\n transport http {\n tls_server_name desk.localhost\n tls_insecure_skip_verify\n }\n }\n}\nreverse_proxy ${to}`,
		);
		for (const body of [undefined, 'the body']) {
			const method = body === undefined ? 'GET' : 'POST';
			expect(await site.ask('/known', { method, ...(body && { body }) })).toMatchObject({ status: 200, body: 'desk' });
		}
		expect((await site.ask('/unknown')).status).toBe(502);
		await desk.close(20_000);
	});

	test('WebSockets: both sides talk until one ends; other answers are answers', async () => {
		const to = await upstream(tells);
		const [site] = adapt(`http://:0 {\n respond /text text\n reverse_proxy ${to}\n}`).sites;
		if (site === undefined) throw new Error('no site');
		const handler = createSiteHandler(site, {
			log: silentLogger,
			folder: '/',
			hiddenFiles: [],
			scopeOf: () => {
				throw new Error('no PHP');
			},
		});
		const listeners = await open([{ site, handler }]);
		const ask = async (path: string, more = ''): Promise<string> => {
			const socket = connect(portOf(listeners), '127.0.0.1');
			const upgrade = 'Connection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key: x\r\n';
			socket.write(`GET ${path} HTTP/1.1\r\nHost: a.test\r\n${upgrade}\r\n${more}`);
			let all = '';
			for await (const chunk of socket.setEncoding('latin1')) {
				all += chunk;
				if (all.endsWith('end')) socket.end();
			}
			return all;
		};
		const talk = await ask('/ws?x=1', 'hello;end');
		expect(talk).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
		expect(talk).toContain('X-Path: /ws?x=1\r\n');
		expect(talk.split('\r\n\r\n')[1]).toBe('first;hello;end');
		expect(await ask('/refused')).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*no/);
		expect(await ask('/text')).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\ntext$/);
		const headers = { 'X-Forwarded-For': 'forged', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'forged' };
		const seen = JSON.parse(await (await fetch(`http://127.0.0.1:${portOf(listeners)}/`, { headers })).text());
		expect(seen.headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' });
		expect(seen.headers['x-forwarded-host']).not.toBe('forged');
		// Those that are still open end with the server.
		const socket = connect(portOf(listeners), '127.0.0.1');
		socket.write('GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
		await once(socket, 'data');
		const ended = once(socket.resume(), 'close');
		await listeners.close(60_000);
		await ended;
		await handler.idle();
	});

	test.each([
		['reverse_proxy', '2:1 bad_arguments'],
		['reverse_proxy localhost:0', '2:15 bad_value'],
		['reverse_proxy http://a.test/path', '2:15 bad_value'],
		['reverse_proxy {host}:80', '2:15 bad_value'],
		['reverse_proxy a:1 {\n handle_response {\n}\n}', '3:2 unsupported'],
		['reverse_proxy a:1 {\n transport http {\n versions 2\n}\n}', '4:2 unsupported'],
		['reverse_proxy a:1 {\n transport fastcgi\n}', '3:12 bad_value'],
		['reverse_proxy a:1 {\n lb_policy weighted_round_robin 1 2\n}', '3:12 bad_value'],
	])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
