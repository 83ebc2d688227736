import { describe, expect, inject, test } from 'vitest';
import { useScripts } from '../../../php-thread/sockets/php-script.ts';
import { CapturingLogger } from '../../../support/capturing-logger.ts';

const { plain, secure } = inject('origins');
const CONNECT = `$f = stream_socket_client("tcp://{$_GET['to']}", $errno, $error, 5); return $f ? 'connected' : $error;`;

describe('what a browser does not have', () => {
	const log = new CapturingLogger();
	const scripts = useScripts({ log });

	test('TCP: Redis is refused, the warning says why, and the log what to do', async () => {
		const warnings = await scripts().run<string[]>(`fsockopen('127.0.0.1', 6379); return $GLOBALS['warnings'];`);
		expect(warnings).toEqual(['fsockopen(): Unable to connect to 127.0.0.1:6379 (browsers have no TCP, only HTTP)']);
		expect(log.matching('Connecting to port 6379 (Redis) was refused: a browser has no TCP')).toHaveLength(1);
		for (const to of ['mysql.example:3306', 'smtp.example:25']) {
			expect(await scripts().run(CONNECT, { to })).toBe('browsers have no TCP, only HTTP');
		}
	});

	test('another protocol on any other port ends at its first bytes', async () => {
		const line = await scripts().run(
			`$f = stream_socket_client("tcp://localhost:{$_GET['port']}");
			fwrite($f, "*1\\r\\n$4\\r\\nPING\\r\\n");
			return fgets($f);`,
			{ port: plain },
		);
		expect(line).toBe(false);
		expect(log.matching('its first bytes are no HTTP request')).toHaveLength(1);
	});

	test('a protocol in which the server speaks first ends after some seconds', async () => {
		const line = await scripts().run(`return fgets(stream_socket_client("tcp://localhost:{$_GET['port']}"));`, {
			port: plain,
		});
		expect(line).toBe(false);
		expect(log.matching('it waits for the other side to speak first')).toHaveLength(1);
	});

	test('UNIX sockets and servers', async () => {
		const result = await scripts().run(
			`stream_socket_client('unix:///tmp/redis.sock', $errno, $client);
			stream_socket_server('tcp://127.0.0.1:8000', $errno, $server);
			return [$client, $server];`,
		);
		expect(result).toEqual(['browsers have no UNIX sockets', 'browsers cannot listen']);
	});

	test('a name that is none is not found', async () => {
		const [error] = await scripts().run<string[]>(
			`stream_socket_client('tcp://no@name/:80', $errno, $error); return [$error];`,
		);
		expect(error).toContain('getaddrinfo for no@name/ failed');
	});
});

describe('the option network', () => {
	const log = new CapturingLogger();
	const restricted = useScripts({ log, network: [`localhost:${plain}`] });
	const off = useScripts({ network: 'off' });
	const GET = `$text = file_get_contents("http://{$_GET['to']}"); return [is_string($text), $GLOBALS['warnings']];`;

	test('lets requests go where it says, and nowhere else', async () => {
		expect(await restricted().run(GET, { to: `localhost:${plain}/echo` })).toEqual([true, []]);
		for (const to of [`localhost:${secure}/`, `127.0.0.1:${plain}/`, 'example.com/']) {
			const [, warnings] = await restricted().run<[boolean, string[]]>(GET, { to });
			expect(warnings).toEqual([expect.stringContaining("not allowed by option 'network'")]);
		}
		// The reasons of the option and of the browser do not get mixed up.
		expect(await restricted().run(`stream_socket_server('tcp://[::1]:8000', $no, $error); return $error;`)).toBe(
			'browsers cannot listen',
		);
	});

	test('no redirect leads elsewhere behind its back', async () => {
		const [, warnings] = await restricted().run<[boolean, string[]]>(GET, { to: `localhost:${plain}/redirect` });
		expect(warnings).toEqual([expect.stringContaining("502 Redirected to a place unknown, so option 'network'")]);
	});

	test('off: nothing is asked', async () => {
		expect(await off().run(CONNECT, { to: `localhost:${plain}` })).toBe("not allowed by option 'network'");
	});
});
