import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openAdminServer } from '../../src/platform/node/operations/admin-server.ts';
import { TestScope } from '../admin/support/scope.ts';
import { openAdmin, TestTarget } from '../admin/support/server.ts';
import { cleanUp, Igor, run, writeApp } from '../program/support/igor.ts';
import { CapturingLogger } from '../support/capturing-logger.ts';

afterEach(cleanUp);

const addressOf = (url: string) => url.replace('http://', '');

/** An address at which nobody listens. */
async function deadAddress(): Promise<string> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The system gave no port.');
	server.close();
	await once(server, 'close');
	return `127.0.0.1:${address.port}`;
}

describe('igor reload', () => {
	test('sends the Caddyfile and its path, to where the Caddyfile says', async () => {
		const target = new TestTarget();
		const { server } = await openAdmin(target);
		const text = `{\n\tadmin ${addressOf(server.url)}\n}\n:8080 {\n\trespond ok\n}\n`;
		const folder = writeApp({ Caddyfile: text });
		expect(await run(['reload', '--force'], folder)).toEqual({ status: 0, out: '', err: '' });
		expect(target.loads).toEqual([{ text, file: join(folder, 'Caddyfile') }]);
	});

	test('a refusal is what the server says, exit 1; warnings go to stderr', async () => {
		const target = new TestTarget();
		const { server } = await openAdmin(target);
		const folder = writeApp({ 'my file': ':8080 {\n\tphp_sever\n}\n' });
		const args = ['reload', '--config', 'my file', '--address', server.url];
		target.onLoad = () => Promise.reject(new Error("my file:2:2: unknown directive 'php_sever'"));
		expect(await run(args, folder)).toEqual({
			status: 1,
			out: '',
			err: "igor: loading config: my file:2:2: unknown directive 'php_sever'\n",
		});
		target.onLoad = async () => {};
		target.warned = [{ position: { file: 'my file', line: 1, column: 2 }, message: 'odd' }];
		expect(await run(args, folder)).toEqual({ status: 0, out: '', err: 'igor: warning: my file:1:2: odd\n' });
	});

	test('a file that is wrong or missing, without --address: told here', async () => {
		const folder = writeApp({ Caddyfile: ':8080 {\n\tphp_sever\n}\n' });
		const wrong = await run(['reload'], folder);
		expect(wrong.status).toBe(1);
		expect(wrong.err).toMatch(/Caddyfile:2:2: .*'php_sever'/);
		expect(await run(['reload', '-c', 'nowhere'], folder)).toMatchObject({
			status: 1,
			err: expect.stringMatching(/^igor: \S+\/nowhere does not exist; check the path\.\n$/),
		});
	});
});

describe('igor stop', () => {
	test('asks the server to stop', async () => {
		const target = new TestTarget();
		const { server } = await openAdmin(target, { enforceOrigin: true });
		const stopped = await run(['stop', '--address', addressOf(server.url)], writeApp({}));
		expect(stopped).toEqual({ status: 0, out: '', err: '' });
		expect(target.stops).toBe(1);
	});

	test.each(['stop', 'sidekicks'])('igor %s: nobody answers: one sentence, exit 1', async (command) => {
		const address = await deadAddress();
		const { status, out, err } = await run([command, '--address', address], writeApp({}));
		expect({ status, out }).toEqual({ status: 1, out: '' });
		expect(err).toBe(
			`igor: No server answers at http://${address}: the connection is refused. Is 'igor run' running, with its admin API there? --address says where else.\n`,
		);
	});

	test('a wrong address, and an API that is off: one sentence, exit 1', async () => {
		const folder = writeApp({ Caddyfile: '{\n\tadmin off\n}\n' });
		const off = await run(['stop'], folder);
		expect(off).toMatchObject({ status: 1, err: expect.stringContaining('turns the admin API off') });
		const wrong = await run(['stop', '--address', 'nonsense'], folder);
		expect(wrong).toMatchObject({ status: 1, err: expect.stringContaining('--address nonsense is no HOST:PORT') });
	});
});

describe('igor sidekicks', () => {
	test('prints a table, or JSON', async () => {
		const shop = new TestScope('shop');
		const { server } = await openAdmin(new TestTarget(shop));
		const args = ['sidekicks', '--address', addressOf(server.url)];
		const folder = writeApp({});
		expect(await run(args, folder)).toMatchObject({ status: 0, out: expect.stringMatching(/^No sidekicks;/), err: '' });
		shop.add('config', { lastError: 'boom' });
		const { out } = await run(args, folder);
		expect(out).toMatch(/^SCOPE .*LAST ERROR\nshop +config +ready +7 .* boom\n$/);
		const json = await run([...args, '--json'], folder);
		expect(JSON.parse(json.out)).toMatchObject([{ scope: 'shop', name: 'config' }]);
	});

	test('--watch prints a line for each event, comes back to a server that restarts, ends with 0', async () => {
		const shop = new TestScope('shop');
		const first = await openAdmin(new TestTarget(shop));
		const { port } = new URL(first.server.url);
		const igor = new Igor(['sidekicks', '--watch', '--address', addressOf(first.server.url)], writeApp({}));
		await igor.until(() => igor.stderr.includes('following'));
		shop.tell({ type: 'crashed', name: 'config', attempt: 1, failures: 1, reason: 'boom' });
		await igor.until(() => igor.stdout.includes('\n'));
		expect(igor.stdout).toMatch(/^\d{4}-\S+Z shop config crashed attempt=1 failures=1 reason="boom"\n$/);
		await first.server.close();
		await igor.until(() => igor.stderr.includes('trying again'));
		const desk = new TestScope('desk');
		const endpoint = { host: '127.0.0.1', port: Number(port), origins: [], enforceOrigin: false };
		const second = await openAdminServer(new TestTarget(desk), endpoint, new CapturingLogger());
		await igor.until(() => igor.stderr.split('following').length === 3);
		desk.tell({ type: 'ready', name: 'flags', attempt: 1, after: 3 });
		await igor.until(() => igor.stdout.includes('desk flags ready'));
		igor.signal('SIGINT');
		expect(await igor.exit).toBe(0);
		await second.close();
	});
});
