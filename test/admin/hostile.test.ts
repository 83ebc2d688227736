import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AdminApi } from '../../src/admin/admin-api.ts';
import { errorResponse } from '../../src/admin/admin-messages.ts';
import { TestScope } from './support/scope.ts';
import { openAdmin, TestTarget } from './support/server.ts';

const parts = fc.constantFrom(
	'sidekicks',
	'shop',
	'config',
	'events',
	'restart',
	'stop',
	'frankenphp',
	'threads',
	'load',
);

describe('hostile clients', () => {
	test('any request has an answer in JSON, or the answer of its route', async () => {
		const shop = new TestScope('shop');
		shop.add('config');
		const target = new TestTarget(shop);
		const api = new AdminApi(target);
		const path = fc.array(fc.oneof(parts, fc.string(), fc.constantFrom('__proto__', '..', '%', '%00')), {
			maxLength: 5,
		});
		const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'constructor', '__proto__');
		await fc.assert(
			fc.asyncProperty(method, path, fc.string(), async (method, path, query) => {
				const request = {
					method,
					target: `/${path.join('/')}?${query}`,
					header: () => query,
					body: async () => query,
				};
				const { status } = await api.handle(request).catch(errorResponse);
				expect(status).toBeGreaterThanOrEqual(200);
				expect(status).toBeLessThan(500);
			}),
			{ numRuns: 2000 },
		);
	});

	test('connections that send rubbish, half a request, or nothing, harm nobody and end with the server', async () => {
		const { server, ask } = await openAdmin(new TestTarget(new TestScope('shop')));
		const { port } = new URL(server.url);
		const host = `Host: localhost:${port}\r\n`;
		const sockets = [
			'',
			'GET',
			'\u0000\u0001\u0002\r\n\r\n',
			`GET ${'x'.repeat(20_000)} HTTP/1.1\r\n${host}\r\n`,
			`GET / HTTP/1.1\r\n${'a: b\r\n'.repeat(5000)}\r\n`,
			`POST /load HTTP/1.1\r\n${host}Content-Type: text/caddyfile\r\nContent-Length: 100\r\n\r\nhalf`,
			`POST /load HTTP/1.1\r\n${host}Content-Type: text/caddyfile\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
			`CONNECT x HTTP/1.1\r\n${host}\r\n`,
			`GET /sidekicks/events HTTP/1.1\r\n${host}\r\n`,
		].map((bytes) => {
			const socket = connect(Number(port), '127.0.0.1');
			socket.on('error', () => {});
			socket.write(bytes);
			socket.resume();
			return socket;
		});
		await Promise.all(sockets.map((socket) => socket.connecting && once(socket, 'connect')));
		expect((await ask('GET', '/sidekicks')).status).toBe(200);
		await server.close();
		await Promise.all(sockets.map((socket) => socket.closed || once(socket, 'close')));
	});
});
