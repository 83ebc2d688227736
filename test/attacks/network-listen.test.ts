import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseNetwork } from '../../src/config/network-rules.ts';
import { adapt, refusal } from '../caddyfile/support.ts';
import { CapturingLogger } from '../support/capturing-logger.ts';
import { freePort } from '../support/free-port.ts';
import { HostileApp, ROLES } from './support/every-role.ts';

/** Tries to listen wherever `$at` says, and tells what happened. */
const LISTEN = (at: readonly string[]): string => `
	$results = [];
	foreach (json_decode('${JSON.stringify(at)}') as $at) {
		$server = @stream_socket_server(str_replace('HERE', __DIR__, $at), $errno, $error);
		$results[$at] = $server ? 'listens' : $error;
		$server = null;
	}
	return $results;`;
const REFUSED = "not allowed by 'network listen'";

describe('PHP does not listen unless it is allowed to', () => {
	const log = new CapturingLogger();
	let app: HostileApp;
	beforeAll(async () => {
		app = await HostileApp.start({ log });
	});
	afterAll(() => app[Symbol.asyncDispose]());

	test.each(ROLES)('%s', async (role) => {
		const port = await freePort();
		const places = [
			...[
				`tcp://127.0.0.1:${port}`,
				'tcp://127.0.0.1:0',
				`tcp://0.0.0.0:${port}`,
				`tcp://[::1]:${port}`,
				'tcp://[::]:0',
			],
			...[`tcp://localhost:${port}`, `tcp://127.1:${port}`, `ssl://127.0.0.1:${port}`],
			...['unix://HERE/a.sock', 'unix:///tmp/a.sock'],
		];
		const results = await app.run<Record<string, string>>(role, LISTEN(places));
		// PHP has no words for the failure of a UNIX socket; the log has.
		expect(results).toEqual(
			Object.fromEntries(places.map((place) => [place, place.startsWith('unix') ? '' : REFUSED])),
		);
		expect(app.files.read('a.sock')).toBeUndefined();
		expect(await app.run(role, "return [file_exists('a.sock'), file_exists('/tmp/a.sock')];")).toEqual([false, false]);
		// Neither have clients that ask for a port of their own opened it.
		const taken = await app.run(
			role,
			`$context = stream_context_create(['socket' => ['bindto' => '127.0.0.1:${port}']]);
			return @stream_socket_client('tcp://127.0.0.1:1', $e, $error, 1, STREAM_CLIENT_CONNECT, $context) ?: $error;`,
		);
		expect(taken).toBe('Connection refused');
		await expect(connects(port)).resolves.toBe(false);
	});

	test('the log says what would allow it', () => {
		expect(log.matching('Listening at 127.0.0.1:* was refused')[0]?.message).toBe(
			"Listening at 127.0.0.1:* was refused: the option 'network' says where PHP may listen; add 127.0.0.1:* there.",
		);
	});
});

describe('where it is allowed, it listens there and nowhere else', () => {
	test.each(['classic', 'php-cli'] as const)('%s', async (role) => {
		const port = await freePort();
		const listen = [`127.0.0.1:${port}`, 'unix:*'];
		const flags = listen.flatMap((place) => ['--network-listen', place]);
		await using app = await HostileApp.start({ network: { listen } }, flags);
		const places = [
			...[`tcp://127.0.0.1:${port}`, 'unix://HERE/a.sock', `tcp://127.0.0.1:${port + 1}`, 'tcp://127.0.0.1:0'],
			`tcp://0.0.0.0:${port}`,
		];
		expect(Object.values(await app.run<Record<string, string>>(role, LISTEN(places)))).toEqual([
			...['listens', 'listens', REFUSED, REFUSED, REFUSED],
		]);
	});

	test('network off connects nowhere, and may listen', async () => {
		const port = await freePort();
		await using app = await HostileApp.start({ network: { allow: 'off', listen: [`localhost:${port}`] } });
		const result = await app.run(
			'classic',
			`$server = stream_socket_server('tcp://localhost:${port}', $e, $error);
			return [is_resource($server), @stream_socket_client('tcp://127.0.0.1:${port}', $e, $error) ?: $error];`,
		);
		expect(result).toEqual([true, "not allowed by option 'network'"]);
	});
});

describe('the option', () => {
	test('of the library: ADDRESS:PORT with wildcards, unix:PATH, and nothing else', () => {
		expect(parseNetwork({ listen: ['127.0.0.1:80', '*:*', '[::1]:*', 'localhost:1', 'unix:/a b', 'unix:*'] })).toEqual({
			connect: undefined,
			listen: [
				{ host: '127.0.0.1', port: 80 },
				{ host: undefined, port: undefined },
				{ host: '::1', port: undefined },
				{ host: 'localhost', port: 1 },
				{ unix: '/a b' },
				{ unix: '*' },
			],
		});
		for (const wrong of ['80', 'example.com:80', '127.0.0.1:0', '127.0.0.1:99999', 'unix:a', 'unix:']) {
			expect(() => parseNetwork({ listen: [wrong] })).toThrow('is no place to listen at; write ADDRESS:PORT');
		}
	});

	test('of the Caddyfile', () => {
		const network = (lines: string): unknown => {
			const [site] = adapt(`:80 {\n\tphp_server {\n\t\t${lines}\n\t}\n}`).sites;
			return (site?.directives[0] as { network?: unknown }).network;
		};
		const everywhere = { host: undefined, port: undefined };
		const redis = { host: 'redis', port: 6379 };
		expect(network('network {\nlisten *:*\n}')).toEqual({ connect: undefined, listen: [everywhere] });
		expect(network('network {\nallow redis:6379\nlisten *:*\n}')).toEqual({ connect: [redis], listen: [everywhere] });
		expect(network('network off {\nlisten *:*\n}')).toEqual({ connect: [], listen: [everywhere] });
		expect(network('network off')).toEqual({ connect: [], listen: [] });
		expect(network('name a')).toBeUndefined();
		expect(
			refusal(() => adapt(':80 {\n\tphp_server {\n\t\tnetwork off {\n\t\t\tallow *:80\n\t\t}\n\t}\n}')),
		).toMatchObject({
			code: 'conflict',
		});
		expect(
			refusal(() => adapt(':80 {\n\tphp_server {\n\t\tnetwork {\n\t\t\tlisten a.b:80\n\t\t}\n\t}\n}')),
		).toMatchObject({
			code: 'bad_value',
		});
	});
});

function connects(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = createConnection(port, '127.0.0.1', () => resolve(true));
		socket.on('error', () => resolve(false));
		socket.on('connect', () => socket.destroy());
	});
}
