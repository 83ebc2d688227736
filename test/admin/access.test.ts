import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { accessPolicy } from '../../src/admin/access.ts';
import { openAdmin, TestTarget } from './support/server.ts';

describe('who may use the admin API', () => {
	test('only its own hosts may be asked for', async () => {
		const { ask, server } = await openAdmin(new TestTarget());
		const { port } = new URL(server.url);
		const status = async (host: string) => (await ask('GET', '/config/', { headers: { host } })).status;
		for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`]) {
			expect(await status(host)).toBe(200);
		}
		for (const host of ['evil.example', `evil.example:${port}`, 'localhost', 'localhost:1']) {
			expect(await status(host)).toBe(403);
		}
	});

	test('pages of other origins are refused', async () => {
		const target = new TestTarget();
		const { ask, server } = await openAdmin(target);
		const status = async (headers: Record<string, string>) => (await ask('POST', '/stop', { headers })).status;
		expect(await status({ origin: 'https://evil.example' })).toBe(403);
		expect(await status({ origin: 'null' })).toBe(403);
		expect(await status({ origin: 'http://localhost' })).toBe(403);
		expect(await status({ 'sec-fetch-site': 'cross-site' })).toBe(403);
		expect(await status({ 'sec-fetch-mode': 'no-cors' })).toBe(400);
		expect(target.stops).toBe(0);
		const own = await ask('GET', '/config/', { headers: { origin: server.url } });
		expect(own).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': server.url } });
	});

	test('origins are allowed as hosts and as origins; enforce_origin wants one', async () => {
		const { ask, server } = await openAdmin(new TestTarget(), {
			origins: ['https://panel.example', 'admin.example:8443'],
			enforceOrigin: true,
		});
		const status = async (headers: Record<string, string>) => (await ask('GET', '/config/', { headers })).status;
		expect(await status({})).toBe(403);
		expect(await status({ origin: server.url })).toBe(200);
		expect(await status({ origin: 'https://panel.example', host: 'panel.example' })).toBe(200);
		expect(await status({ origin: 'http://panel.example' })).toBe(403);
		expect(await status({ origin: 'http://admin.example:8443', host: 'admin.example:8443' })).toBe(200);
	});

	test('an endpoint on every address takes any host, until origins names some', () => {
		const endpoint = { host: '0.0.0.0', port: 2019, origins: [], enforceOrigin: false };
		expect(accessPolicy(endpoint, 2019).hosts).toBeUndefined();
		const named = accessPolicy({ ...endpoint, origins: ['igor:2019'] }, 2019);
		expect([...(named.hosts ?? [])]).toEqual(['0.0.0.0:2019', 'igor:2019']);
	});

	test('what is no HTTP, and WebSockets, are refused; the server goes on', async () => {
		const { ask, server } = await openAdmin(new TestTarget());
		const { port } = new URL(server.url);
		for (const bytes of [
			'\x16\x03\x01 hello\r\n\r\n',
			`GET / HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
		]) {
			const socket = connect(Number(port), '127.0.0.1');
			await once(socket, 'connect');
			socket.write(bytes);
			expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
		}
		expect((await ask('GET', '/config/')).status).toBe(200);
	});
});
