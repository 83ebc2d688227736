import { describe, expect, test } from 'vitest';
import { TestScope } from './support/scope.ts';
import { ask, openAdmin, TestTarget } from './support/server.ts';

describe('threads and workers', () => {
	test("GET /frankenphp/threads has FrankenPHP's shape", async () => {
		const scope = new TestScope('shop');
		scope.listedThreads = [
			{ id: 1, role: 'classic', label: 'classic', state: 'waiting', waitingFor: 12.4, requests: 3, memory: 20_971_520 },
			{
				id: 2,
				role: 'worker',
				label: '/app/worker.php',
				state: 'busy',
				waitingFor: 0,
				requests: 9,
				memory: 33_554_432,
			},
			{ id: 3, role: 'sidekick', label: 'sidekick config', state: 'busy', waitingFor: 0, requests: 0, memory: 65_536 },
			{ id: 4, role: 'spare', label: 'spare', state: 'waiting', waitingFor: 5, requests: 0, memory: 0 },
		];
		const { ask } = await openAdmin(new TestTarget(scope));
		const { status, json } = await ask('GET', '/frankenphp/threads');
		expect(status).toBe(200);
		expect(json).toMatchObject({
			ThreadDebugStates: [
				{
					Index: 1,
					Name: 'Regular PHP Thread',
					State: 'ready',
					IsWaiting: true,
					WaitingSinceMilliseconds: 12,
					MemoryUsage: 20_971_520,
				},
				{
					Index: 2,
					Name: 'Worker PHP Thread - /app/worker.php',
					State: 'ready',
					IsBusy: true,
					RequestCount: 9,
					MemoryUsage: 33_554_432,
				},
				{ Name: 'Sidekick PHP Thread - config', IsBusy: true },
				{ Name: 'Inactive PHP Thread', State: 'inactive', MemoryUsage: 0 },
			],
			ReservedThreadCount: 0,
		});
	});

	test('POST /frankenphp/workers/restart restarts workers, then sidekicks, of every scope', async () => {
		const [one, two] = [new TestScope('one'), new TestScope('two')];
		const { ask } = await openAdmin(new TestTarget(one, two));
		const { status, body } = await ask('POST', '/frankenphp/workers/restart');
		expect({ status, body }).toEqual({ status: 200, body: 'workers restarted successfully\n' });
		expect(one.calls).toEqual(['restartWorkers', 'restartAll']);
		expect(two.calls).toEqual(one.calls);
	});

	test('code that does not start: 500 with the PHP error, the other scopes restart all the same', async () => {
		const [one, two] = [new TestScope('one'), new TestScope('two')];
		one.restartError = new Error('Uncaught LogicException: not today in /app/worker.php:3');
		const { ask } = await openAdmin(new TestTarget(one, two));
		const { status, json } = await ask('POST', '/frankenphp/workers/restart');
		expect(status).toBe(500);
		expect(json).toEqual({ error: 'one: Uncaught LogicException: not today in /app/worker.php:3' });
		expect(one.calls).toEqual(['restartWorkers']);
		expect(two.calls).toEqual(['restartWorkers', 'restartAll']);
	});
});

describe('configuration', () => {
	const caddyfile = { 'content-type': 'text/caddyfile; charset=utf-8' };

	test('GET /config/ and below, as in Caddy', async () => {
		const target = new TestTarget();
		target.configuration = { sites: [{ addresses: [':80'] }], global: { debug: false } };
		const { ask } = await openAdmin(target);
		for (const path of ['/config', '/config/']) expect((await ask('GET', path)).json).toEqual(target.configuration);
		expect((await ask('GET', '/config/sites/0/addresses/0')).json).toBe(':80');
		expect((await ask('GET', '/config/nothing')).json).toBeNull();
		expect((await ask('GET', '/config/__proto__')).json).toBeNull();
		expect(await ask('GET', '/config/sites/1')).toMatchObject({
			status: 400,
			json: { error: '[/config/sites/1] array index out of bounds: 1' },
		});
		expect((await ask('GET', '/config/sites/01')).status).toBe(400);
		expect((await ask('GET', '/config/global/debug/x')).status).toBe(400);
		const trace = await ask('TRACE', '/config/global');
		expect(trace).toMatchObject({
			status: 405,
			headers: { allow: 'OPTIONS, HEAD, GET, POST, PUT, PATCH, DELETE' },
		});
	});

	test('POST /load hands over the text and the path of its file', async () => {
		const target = new TestTarget();
		const { ask } = await openAdmin(target);
		const body = ':80 {\n\trespond "ä"\n}\n';
		expect(await ask('POST', '/load?file=/srv/%C3%A4/Caddyfile', { headers: caddyfile, body })).toMatchObject({
			status: 200,
			body: '',
		});
		await ask('POST', '/load', { headers: { ...caddyfile, 'caddy-config-source-file': '/etc/Caddyfile' }, body });
		await ask('POST', '/load', { headers: caddyfile, body });
		expect(target.loads).toEqual([
			{ text: body, file: '/srv/ä/Caddyfile' },
			{ text: body, file: '/etc/Caddyfile' },
			{ text: body, file: undefined },
		]);
	});

	test('what the new configuration warns of is the answer', async () => {
		const target = new TestTarget();
		target.warned = [{ position: 'Caddyfile:1:1', message: 'an odd thing' }];
		const { ask } = await openAdmin(target);
		expect((await ask('POST', '/load', { headers: caddyfile, body: 'x' })).json).toEqual([
			{ position: 'Caddyfile:1:1', message: 'an odd thing' },
		]);
	});

	test("POST /load takes Caddy's JSON, which needs no name of its type", async () => {
		const target = new TestTarget();
		const { ask } = await openAdmin(target);
		for (const headers of [{ 'content-type': 'application/json; charset=utf-8' }, {}]) {
			expect((await ask('POST', '/load', { headers, body: '{}' })).status).toBe(200);
		}
		const load = { text: '{}', file: undefined, format: 'json' };
		expect(target.loads).toEqual([load, load]);
	});

	test('POST /load refuses other forms of configurations', async () => {
		const target = new TestTarget();
		const { ask } = await openAdmin(target);
		const { status, body } = await ask('POST', '/load', { headers: { 'content-type': 'text/nginx' }, body: '{}' });
		expect(status).toBe(400);
		expect(body).toContain("type 'text/nginx' is not supported");
		expect(target.loads).toEqual([]);
	});

	test('a configuration that cannot be loaded: 400 with the reason', async () => {
		const target = new TestTarget();
		target.onLoad = () => Promise.reject(new Error("Caddyfile:1:1: unknown directive 'php_sever'"));
		const { ask } = await openAdmin(target);
		expect(await ask('POST', '/load', { headers: caddyfile, body: 'php_sever' })).toMatchObject({
			status: 400,
			json: { error: "loading config: Caddyfile:1:1: unknown directive 'php_sever'" },
		});
	});

	test('a body that is too large: 413, and the server goes on', async () => {
		const { ask } = await openAdmin(new TestTarget());
		const large = { headers: caddyfile, body: 'x'.repeat(5 * 1024 * 1024) };
		expect((await ask('POST', '/load', large).catch(() => ({ status: 413 }))).status).toBe(413);
		const announced = { headers: { ...caddyfile, 'content-length': '99999999' }, body: '' };
		expect((await ask('POST', '/load', announced)).status).toBe(413);
		expect((await ask('GET', '/config/')).status).toBe(200);
	});

	test('the answer to POST /load arrives although the endpoint moves meanwhile', async () => {
		const target = new TestTarget();
		const { server, ask: askOld } = await openAdmin(target);
		const moved = Promise.withResolvers<string>();
		target.onLoad = async () => {
			const next = await openAdmin(target);
			moved.resolve(next.server.url);
			void server.close();
		};
		expect((await askOld('POST', '/load', { headers: caddyfile, body: 'x' })).status).toBe(200);
		await server.close();
		expect((await ask(await moved.promise, 'GET', '/config/')).status).toBe(200);
		await expect(askOld('GET', '/config/')).rejects.toThrow();
	});

	test('POST /stop answers before it stops', async () => {
		const target = new TestTarget();
		const { server, ask } = await openAdmin(target);
		target.stop = () => {
			target.stops++;
			void server.close();
		};
		expect((await ask('POST', '/stop')).status).toBe(200);
		await expect.poll(() => target.stops).toBe(1);
	});
});

describe('paths and methods', () => {
	test('unknown paths, wrong methods, HEAD, OPTIONS', async () => {
		const { ask } = await openAdmin(new TestTarget());
		expect(await ask('GET', '/nothing')).toMatchObject({ status: 404, json: { error: 'unknown path: /nothing' } });
		expect(await ask('GET', '/stop')).toMatchObject({ status: 405, headers: { allow: 'OPTIONS, POST' } });
		expect(await ask('HEAD', '/config/')).toMatchObject({ status: 200, body: '' });
		expect(await ask('OPTIONS', '/sidekicks/a/b')).toMatchObject({
			status: 204,
			headers: { allow: 'OPTIONS, HEAD, GET, DELETE' },
		});
		expect((await ask('GET', '/sidekicks/%FF')).status).toBe(400);
	});

	test('a mistake of the server is a 500 in JSON, and logged', async () => {
		const target = new TestTarget();
		target.config = () => {
			throw new Error('broken inside');
		};
		const { ask, log } = await openAdmin(target);
		expect(await ask('GET', '/config/')).toMatchObject({ status: 500, json: { error: 'broken inside' } });
		expect(log.matching('broken inside')).toHaveLength(1);
	});
});
