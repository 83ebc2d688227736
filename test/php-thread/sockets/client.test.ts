import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../../src/config/values.ts';
import { type Peer, startPeer } from './peer.ts';
import { useScripts } from './php-script.ts';

const MEGABYTES = 3;

let peer: Peer;
beforeAll(async () => {
	let received = 0;
	peer = await startPeer((socket, line) => {
		if (line === 'PING') socket.write('PONG\n');
		else if (line === 'LATER') setTimeout(() => socket.write('later\n'), 150);
		else if (line === 'TWICE') {
			socket.write('one\n');
			setTimeout(() => socket.write('two\n'), 100);
		} else if (line === 'BYE') socket.end('bye\n');
		else if (line === 'RESET') socket.resetAndDestroy();
		else if (line === 'MUCH') socket.write('x'.repeat(MEGABYTES * 1024 * 1024 - 1).concat('\n'));
		else if (line === 'END') socket.end(`${received}\n`);
		else received += line.length;
	});
});
afterAll(() => peer.close());

describe.each(PHP_VERSIONS)('a client on PHP %s', (php) => {
	const scripts = useScripts({ php });
	/** Runs code that finds an open connection in $f. */
	const connected = <T>(code: string) =>
		scripts().run<T>(`$f = stream_socket_client("tcp://127.0.0.1:{$_GET['port']}", $errno, $error, 5);\n${code}`, {
			port: peer.port,
		});

	test('sends and receives lines', async () => {
		expect(await connected('fwrite($f, "PING\\nPING\\n"); return [fgets($f), fgets($f)];')).toEqual([
			'PONG\n',
			'PONG\n',
		]);
	});

	test('select() waits for data, tells which stream has some, and calls nothing ready that is not', async () => {
		const result = await connected<{ idle: unknown[]; ready: unknown[]; after: unknown[] }>(`
			$other = stream_socket_client("tcp://127.0.0.1:{$_GET['port']}");
			$select = function (array $read, int $ms): array {
				$write = $except = null;
				$start = hrtime(true);
				$count = stream_select($read, $write, $except, intdiv($ms, 1000), $ms % 1000 * 1000);
				return [$count, array_keys($read), (hrtime(true) - $start) / 1e6];
			};
			$streams = ['a' => $f, 'b' => $other];
			$idle = $select($streams, 120);
			fwrite($other, "LATER\\n");
			$ready = $select($streams, 5000);
			stream_set_blocking($other, false);
			$ready[] = fgets($other);
			return ['idle' => $idle, 'ready' => $ready, 'after' => $select($streams, 0)];`);
		expect(result.idle.slice(0, 2)).toEqual([0, []]);
		expect(result.idle[2]).toBeGreaterThanOrEqual(120);
		expect(result.ready.slice(0, 2)).toEqual([1, ['b']]);
		expect(result.ready[3]).toBe('later\n');
		expect(result.after.slice(0, 2)).toEqual([0, []]);
	});

	test('a timeout ends a read', async () => {
		const [line, timedOut, eof, milliseconds] = await connected<[false, boolean, boolean, number]>(`
			stream_set_timeout($f, 0, 150000);
			$start = hrtime(true);
			$line = fgets($f);
			return [$line, stream_get_meta_data($f)['timed_out'], feof($f), (hrtime(true) - $start) / 1e6];`);
		expect([line, timedOut, eof]).toEqual([false, true, false]);
		expect(milliseconds).toBeGreaterThanOrEqual(150);
	});

	test('does not block when it must not, and blocks again afterwards', async () => {
		const result = await connected<unknown[]>(`
			stream_set_blocking($f, false);
			// The peer says nothing before it is asked: who waits for it waits for ever.
			$nothing = fread($f, 100);
			fwrite($f, "LATER\\n");
			for ($looks = 0, $text = ''; $text === '' && $looks < 1e7; $looks++) $text .= fread($f, 100);
			stream_set_blocking($f, true);
			fwrite($f, "LATER\\n");
			return [$nothing, $text, fgets($f)];`);
		expect(result).toEqual(['', 'later\n', 'later\n']);
	});

	test('sees the end of a connection, and not before', async () => {
		const result = await connected(`
			$open = feof($f);
			fwrite($f, "BYE\\n");
			return [$open, fgets($f), fgets($f), feof($f)];`);
		expect(result).toEqual([false, 'bye\n', false, true]);
	});

	test('a connection that was reset is an error for readers and for writers', async () => {
		const result = await connected<unknown[]>(`
			fwrite($f, "RESET\\n");
			$read = fread($f, 10);
			$written = fwrite($f, "more");
			return [$read, feof($f), $written, $GLOBALS['warnings']];`);
		expect(result.slice(0, 3)).toEqual([false, true, false]);
		expect(result[3]).toEqual([expect.stringContaining('Broken pipe')]);
	});

	test('a port that nobody listens at refuses', async () => {
		const free = await startPeer(() => {});
		await free.close();
		const result = await scripts().run(
			`return [@stream_socket_client("tcp://127.0.0.1:{$_GET['port']}", $errno, $error, 5), $error];`,
			{ port: free.port },
		);
		expect(result).toEqual([false, 'Connection refused']);
	});

	test('reads what comes in parts and what is large', async () => {
		expect(await connected('fwrite($f, "TWICE\\n"); return [fgets($f), fgets($f)];')).toEqual(['one\n', 'two\n']);
		expect(await connected('fwrite($f, "MUCH\\n"); return strlen(stream_get_line($f, 1 << 24, "\\n"));')).toBe(
			MEGABYTES * 1024 * 1024 - 1,
		);
	});

	test('half-close: writes much, says that this is all, and still reads the answer', async () => {
		const result = await connected<[number, string, boolean]>(`
			$bytes = str_repeat('y', 2 * 1024 * 1024) . "\\n";
			$written = fwrite($f, $bytes);
			stream_socket_shutdown($f, STREAM_SHUT_WR);
			return [$written, fgets($f), feof($f)];`);
		expect(result[0]).toBe(2 * 1024 * 1024 + 1);
		expect(Number(result[1])).toBeGreaterThanOrEqual(2 * 1024 * 1024);
	});

	test('finds hosts by name, and says which it does not find', async () => {
		const result = await scripts().run<unknown[]>(
			`$f = stream_socket_client("tcp://localhost:{$_GET['port']}", $errno, $error, 5);
			fwrite($f, "PING\\n");
			@stream_socket_client('tcp://does-not-exist.invalid:1', $errno, $error, 5);
			return [fgets($f), stream_socket_get_name($f, true) === "127.0.0.1:{$_GET['port']}", $error];`,
			{ port: peer.port },
		);
		expect(result.slice(0, 2)).toEqual(['PONG\n', true]);
		expect(result[2]).toContain('getaddrinfo for does-not-exist.invalid failed');
	});
});
