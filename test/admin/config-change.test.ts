import { afterAll, describe, expect, test } from 'vitest';
import { type ConfigMethod, changeConfig } from '../../src/admin/config-change.ts';
import { askHttp1 } from '../program/support/ask.ts';
import { cleanUp, Igor, writeApp } from '../program/support/igor.ts';
import { freePort } from '../support/free-port.ts';

afterAll(cleanUp);

const CONFIG = { apps: { list: [1, 2], name: 'a' }, empty: null };

describe('what a method does to a part, as in Caddy', () => {
	test.each<[ConfigMethod, string, unknown, unknown]>([
		['POST', 'apps/name', 'b', { apps: { list: [1, 2], name: 'b' }, empty: null }],
		['POST', 'apps/new', { x: 1 }, { apps: { list: [1, 2], name: 'a', new: { x: 1 } }, empty: null }],
		['POST', 'apps/list', [3], { apps: { list: [1, 2, [3]], name: 'a' }, empty: null }],
		['POST', 'apps/list/...', [3, 4], { apps: { list: [1, 2, 3, 4], name: 'a' }, empty: null }],
		['POST', 'apps/new/...', [3], { apps: { list: [1, 2], name: 'a', new: [3] }, empty: null }],
		['PUT', 'apps/list/1', 9, { apps: { list: [1, 9, 2], name: 'a' }, empty: null }],
		['PUT', 'apps/list/2', 9, { apps: { list: [1, 2, 9], name: 'a' }, empty: null }],
		['PUT', 'deep/er/est', 1, { ...CONFIG, deep: { er: { est: 1 } } }],
		['PUT', 'empty/x', 1, { ...CONFIG, empty: { x: 1 } }],
		['PATCH', 'apps/list/0', 7, { apps: { list: [7, 2], name: 'a' }, empty: null }],
		['PATCH', 'apps/name', null, { apps: { list: [1, 2], name: null }, empty: null }],
		['DELETE', 'apps/list/0', undefined, { apps: { list: [2], name: 'a' }, empty: null }],
		['DELETE', 'apps', undefined, { empty: null }],
		['PATCH', '', { all: 'new' }, { all: 'new' }],
	])('%s %s', (method, path, value, expected) => {
		const before = structuredClone(CONFIG);
		expect(changeConfig(CONFIG, method, path === '' ? [] : path.split('/'), value)).toEqual(expected);
		expect(CONFIG).toEqual(before);
	});

	test.each<[ConfigMethod, string, number, string]>([
		['PUT', 'apps/name', 409, '[/config/apps/name] key already exists: name'],
		['PATCH', 'apps/none', 404, '[/config/apps/none] key does not exist: none'],
		['DELETE', 'none', 404, '[/config/none] key does not exist: none'],
		['PATCH', 'apps/list/2', 400, '[/config/apps/list/2] array index out of bounds: 2'],
		['PUT', 'apps/list/3', 400, '[/config/apps/list/3] array index out of bounds: 3'],
		['DELETE', 'apps/list/-1', 400, "[/config/apps/list/-1] invalid array index '-1'"],
		['POST', 'apps/name/x', 400, 'invalid traversal path at: /config/apps/name/x'],
		['POST', 'none/at/all', 400, 'invalid traversal path at: /config/none/at'],
		['POST', 'apps/list/...', 400, '/config/apps/list/...: only POST of an array appends each of its elements'],
		['PUT', 'apps/list/...', 400, '/config/apps/list/...: only POST of an array appends each of its elements'],
	])('%s %s is refused', (method, path, status, message) => {
		const attempt = () => changeConfig(CONFIG, method, path.split('/'), 'no list');
		expect(attempt).toThrow(expect.objectContaining({ status, message }));
	});

	test('a member with any name is one of the object, and of no other', () => {
		const changed = changeConfig({}, 'PUT', ['__proto__', 'polluted'], true) as object;
		expect(Object.keys(changed)).toEqual(['__proto__']);
		expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
	});
});

describe('a running server', () => {
	const start = async () => {
		const [admin, site] = [await freePort(), await freePort()];
		const folder = writeApp({
			'index.php': '<?php echo getenv("API_TOKEN");',
			Caddyfile: `{
	admin 127.0.0.1:${admin}
}
http://127.0.0.1:${site} {
	respond /a "one"
	php_server {
		env API_TOKEN kept
	}
}`,
		});
		const igor = new Igor(['run'], folder);
		await igor.ready();
		const ask = (method: string, path: string, value?: unknown, headers: Record<string, string> = {}) =>
			askHttp1({
				host: `127.0.0.1:${admin}`,
				port: admin,
				path,
				method,
				headers: { ...(value !== undefined && { 'content-type': 'application/json' }), ...headers },
				...(value !== undefined && { body: JSON.stringify(value) }),
			});
		const get = async (path: string) =>
			(await askHttp1({ host: `127.0.0.1:${site}`, port: site, path })).body.toString();
		return { ask, get };
	};
	/** The site's first route, which is the `respond`. */
	const ROUTE = '/config/apps/http/servers/srv0/routes/0/handle/0/routes/0';
	const BODY = `${ROUTE}/handle/0/body`;

	test('is changed in one part, and keeps what is not shown', async () => {
		const { ask, get } = await start();
		const shown = JSON.parse((await ask('GET', '/config/')).body.toString());
		expect(JSON.stringify(shown)).not.toContain('kept');
		expect([await get('/a'), await get('/')]).toEqual(['one', 'kept']);
		expect((await ask('PATCH', BODY, 'two')).status).toBe(200);
		expect([await get('/a'), await get('/')]).toEqual(['two', 'kept']);
		expect((await ask('DELETE', ROUTE)).status).toBe(200);
		expect(await get('/a')).toBe('kept');
	});

	test('stays as it is when the change makes no sense', async () => {
		const { ask, get } = await start();
		for (const [method, path, value, status] of [
			['PATCH', BODY, { not: 'a text' }, 400],
			['PUT', BODY, 'x', 409],
			['DELETE', '/config/', undefined, 400],
			['DELETE', `${BODY}/none`, undefined, 400],
		] as const) {
			const answer = await ask(method, path, value);
			expect([method, path, answer.status, answer.body.toString()]).toEqual([method, path, status, expect.any(String)]);
			expect(JSON.parse(answer.body.toString()).error).not.toBe('');
		}
		expect((await ask('PATCH', BODY, undefined, { 'content-type': 'text/plain' })).status).toBe(400);
		expect(await get('/a')).toBe('one');
	});

	test('of two changes to the same state the second one is refused, when it says what it changes', async () => {
		const { ask, get } = await start();
		const { etag } = (await ask('GET', BODY)).headers;
		const changes = ['two', 'three'].map((text) => ask('PATCH', BODY, text, { 'if-match': String(etag) }));
		expect((await Promise.all(changes)).map(({ status }) => status)).toEqual([200, 412]);
		expect(await get('/a')).toBe('two');
		expect((await ask('PATCH', BODY, 'four', { 'if-match': 'W/"x"' })).status).toBe(400);
	});
});
