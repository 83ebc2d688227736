import { describe, expect, test } from 'vitest';
import { TestScope } from './support/scope.ts';
import { openAdmin, TestTarget } from './support/server.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('sidekicks', () => {
	test('the list has what there is to know, without values', async () => {
		const [shop, desk] = [new TestScope('shop'), new TestScope('desk')];
		shop.add('config', { restarts: 2, lastError: 'oops in /app/x.php:3' }, { password: bytes('hunter2') });
		desk.add('config', { state: 'starting', ready: false, version: 0, size: 0, lastPublication: undefined });
		const { ask } = await openAdmin(new TestTarget(shop, desk));
		const { json, body } = await ask('GET', '/sidekicks');
		expect(json).toMatchObject([
			{
				scope: 'shop',
				name: 'config',
				state: 'ready',
				ready: true,
				thread: 7,
				restarts: 2,
				lastPublication: '2026-01-02T00:00:00.000Z',
				age: expect.any(Number),
				timeToReady: 0.25,
				size: 12,
				keys: [{ key: 'password', size: 7 }],
				lastError: 'oops in /app/x.php:3',
			},
			{ scope: 'desk', name: 'config', state: 'starting', ready: false, lastPublication: null, age: null },
		]);
		expect(body).not.toContain('hunter2');
		expect((await ask('GET', '/sidekicks/desk')).json).toMatchObject([{ scope: 'desk' }]);
	});

	test('values only when asked for; base64 for what is not UTF-8', async () => {
		const shop = new TestScope('shop');
		shop.add('config', {}, { word: bytes('\ufeffwört'), binary: new Uint8Array([255, 0, 1]) });
		const { ask } = await openAdmin(new TestTarget(shop));
		expect((await ask('GET', '/sidekicks/shop/config')).body).not.toContain('wört');
		expect((await ask('GET', '/sidekicks/shop/config?values=1')).json).toMatchObject({
			keys: [
				{ key: 'word', value: '\ufeffwört' },
				{ key: 'binary', base64: '/wAB' },
			],
		});
	});

	test('names are percent-encoded', async () => {
		const scope = new TestScope(':8080');
		scope.add('a/b c?ä');
		const { ask } = await openAdmin(new TestTarget(scope));
		const path = `/sidekicks/${encodeURIComponent(':8080')}/${encodeURIComponent('a/b c?ä')}`;
		expect((await ask('GET', path)).json).toMatchObject({ scope: ':8080', name: 'a/b c?ä' });
		expect((await ask('POST', `${path}/restart`)).status).toBe(202);
		expect(scope.calls).toEqual(['restart a/b c?ä']);
	});

	test('stop leaves a record, DELETE removes it', async () => {
		const shop = new TestScope('shop');
		shop.add('config');
		const { ask } = await openAdmin(new TestTarget(shop));
		expect(await ask('POST', '/sidekicks/shop/config/stop')).toMatchObject({
			status: 200,
			json: { state: 'stopped', ready: false, thread: null, keys: [] },
		});
		expect((await ask('GET', '/sidekicks')).json).toMatchObject([{ name: 'config', state: 'stopped' }]);
		expect((await ask('POST', '/sidekicks/shop/config/restart')).status).toBe(409);
		expect((await ask('DELETE', '/sidekicks/shop/config')).json).toMatchObject({ forgotten: true });
		expect((await ask('GET', '/sidekicks')).json).toEqual([]);
		expect((await ask('DELETE', '/sidekicks/shop/config')).status).toBe(404);
		shop.add('config');
		expect((await ask('DELETE', '/sidekicks/shop/config')).status).toBe(200);
		expect((await ask('GET', '/sidekicks/shop/config')).status).toBe(404);
		expect(shop.calls.filter((call) => call === 'stop config')).toHaveLength(2);
	});

	test('one that has failed stays in the list with its error, until it starts again', async () => {
		const shop = new TestScope('shop');
		const { ask } = await openAdmin(new TestTarget(shop));
		shop.add('config', { state: 'failed', ready: false, version: 0, lastError: 'boom in /app/x.php:1' });
		shop.end({ type: 'failed', name: 'config', failures: 6, reason: 'gave up' });
		expect((await ask('GET', '/sidekicks')).json).toMatchObject([
			{ name: 'config', state: 'failed', lastError: 'boom in /app/x.php:1' },
		]);
		shop.add('config');
		shop.tell({ type: 'starting', name: 'config', attempt: 1 });
		expect((await ask('GET', '/sidekicks')).json).toMatchObject([{ name: 'config', state: 'ready' }]);
	});

	test('unknown scopes and names: 404 with a sentence', async () => {
		const { ask } = await openAdmin(new TestTarget(new TestScope('shop')));
		expect(await ask('GET', '/sidekicks/nowhere/x')).toMatchObject({
			status: 404,
			json: { error: "There is no scope 'nowhere'; GET /sidekicks lists all sidekicks." },
		});
		expect((await ask('POST', '/sidekicks/shop/x/stop')).status).toBe(404);
	});
});
