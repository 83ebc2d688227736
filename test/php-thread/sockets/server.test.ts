import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { startPeer } from './peer.ts';
import { useScripts } from './php-script.ts';

const scripts = useScripts({ network: { listen: ['127.0.0.1:*', 'unix:*'] } });

describe('a server in PHP', () => {
	test('accepts connections, knows both ends, and hands over the end of one', async () => {
		const result = await scripts().run(`
			$server = stream_socket_server('tcp://127.0.0.1:0', $errno, $error);
			$name = stream_socket_get_name($server, false);
			$client = stream_socket_client("tcp://$name");
			$accepted = stream_socket_accept($server, 5, $peer);
			fwrite($client, "hello\\n");
			$heard = fgets($accepted);
			fwrite($accepted, "back\\n");
			fclose($accepted);
			return [$heard, fgets($client), fgets($client), feof($client), $peer === stream_socket_get_name($client, false)];`);
		expect(result).toEqual(['hello\n', 'back\n', false, true, true]);
	});

	test('select() wakes for a connection from elsewhere; accept() gives up in time', async () => {
		const running = scripts().run<unknown[]>(`
			$server = stream_socket_server('tcp://127.0.0.1:0', $errno, $error);
			$start = hrtime(true);
			$none = @stream_socket_accept($server, 0.1);
			$waited = (hrtime(true) - $start) / 1e6;
			file_put_contents('port', stream_socket_get_name($server, false));
			$read = [$server];
			$write = $except = null;
			$count = stream_select($read, $write, $except, 10);
			$accepted = stream_socket_accept($server, 0);
			return [$none, $waited >= 100, $count, fgets($accepted)];`);
		const port = await eventually('the port', () => /:(\d+)$/.exec(scripts().files.read('port') ?? '')?.[1]);
		connect(Number(port), '127.0.0.1').end('from outside\n');
		expect(await running).toEqual([false, true, 1, 'from outside\n']);
	});

	test('what a server accepts that does not block is in blocking mode, with a time limit, until it is told otherwise', async () => {
		const result = await scripts().run(`
			$server = stream_socket_server('tcp://127.0.0.1:0', $errno, $error);
			stream_set_blocking($server, false);
			$client = stream_socket_client('tcp://' . stream_socket_get_name($server, false));
			$accepted = stream_socket_accept($server, 5);
			$before = stream_get_meta_data($accepted)['blocked'];
			stream_set_timeout($accepted, 0, 50_000);
			$limited = [fread($accepted, 4), stream_get_meta_data($accepted)['timed_out']];
			stream_set_blocking($accepted, false);
			return [$before, $limited, fread($accepted, 4), stream_get_meta_data($accepted)['blocked']];`);
		expect(result).toEqual([true, [false, true], '', false]);
	});

	test('an address that is taken is refused when it is asked for', async () => {
		const result = await scripts().run(`
			$server = stream_socket_server('tcp://127.0.0.1:0', $errno, $error);
			$second = @stream_socket_server('tcp://' . stream_socket_get_name($server, false), $errno, $error);
			return [$second, $error];`);
		expect(result).toEqual([false, 'Address in use']);
	});

	test('one that is closed is gone', async () => {
		const result = await scripts().run(`
			$server = stream_socket_server('tcp://127.0.0.1:0', $errno, $error);
			$name = stream_socket_get_name($server, false);
			fclose($server);
			return [@stream_socket_client("tcp://$name", $errno, $error, 5), $error];`);
		expect(result).toEqual([false, 'Connection refused']);
	});

	test('serves many clients from one select() loop', async () => {
		const result = await scripts().run<number>(`
			$server = stream_socket_server('tcp://127.0.0.1:0', $errno, $error);
			$name = stream_socket_get_name($server, false);
			$clients = $accepted = [];
			for ($i = 0; $i < 40; $i++) {
				$clients[$i] = stream_socket_client("tcp://$name");
				fwrite($clients[$i], "$i\\n");
			}
			$answers = 0;
			while ($answers < 40) {
				$read = [$server, ...$accepted, ...$clients];
				$write = $except = null;
				if (stream_select($read, $write, $except, 5) < 1) return $answers;
				foreach ($read as $stream) {
					if ($stream === $server) $accepted[] = stream_socket_accept($server, 0);
					elseif (in_array($stream, $accepted, true)) fwrite($stream, 'answer to ' . fgets($stream));
					elseif (fgets($stream) === 'answer to ' . array_search($stream, $clients, true) . "\\n") $answers++;
				}
			}
			return $answers;`);
		expect(result).toBe(40);
	});
});

describe('UNIX sockets', () => {
	test('inside a visible folder: a server of the host and one of PHP', async () => {
		const path = join(scripts().files.folder, 'host.sock');
		const peer = await startPeer((socket, line) => line === 'PING' && socket.write('PONG\n'), path);
		const result = await scripts().run(`
			$host = stream_socket_client('unix://' . __DIR__ . '/host.sock', $errno, $error, 5);
			fwrite($host, "PING\\n");
			$path = __DIR__ . '/php.sock';
			$server = stream_socket_server("unix://$path", $errno, $error);
			$client = stream_socket_client("unix://$path", $errno, $error, 5);
			$accepted = stream_socket_accept($server, 5);
			fwrite($accepted, "hi\\n");
			return [fgets($host), filetype($path), stream_socket_get_name($server, false) === $path, fgets($client)];`);
		await peer.close();
		expect(result).toEqual(['PONG\n', 'socket', true, 'hi\n']);
	});

	test('outside of them, in the abstract namespace, or nowhere: refused', async () => {
		const outside = join(scripts().files.folder, '..', `igor-outside-${process.pid}.sock`);
		const peer = await startPeer(() => {}, outside);
		const result = await scripts().run(
			`$refusals = [];
			foreach ([$_GET['outside'], "\\0abstract", __DIR__ . '/missing.sock'] as $path) {
				$refusals[] = @stream_socket_client("unix://$path", $errno, $error, 5) ?: $error;
			}
			symlink($_GET['outside'], __DIR__ . '/link.sock');
			$refusals[] = @stream_socket_client('unix://' . __DIR__ . '/link.sock', $errno, $error, 5) ?: $error;
			return $refusals;`,
			{ outside },
		);
		expect(peer.connections).toEqual([]);
		await peer.close();
		const missing = 'No such file or directory';
		expect(result).toEqual([missing, 'Permission denied', missing, missing]);
	});
});
