import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { useScripts } from './php-script.ts';
import { createCertificate } from './test-certificate.ts';

const certificate = await createCertificate();
/** Answers each line; "drink" makes it count what comes until the end, and tell. */
const plain = createServer({ allowHalfOpen: true }, (socket) => {
	let bytes = 0;
	socket.on('error', () => {});
	socket.on('data', (chunk) => {
		bytes += chunk.length;
		if (chunk.toString().endsWith('hello\n')) socket.write('welcome\n');
	});
	socket.on('end', () => socket.end(`${bytes}\n`));
});
const secure = createTlsServer({ ...certificate, allowHalfOpen: true }, (socket) => {
	let bytes = 0;
	socket.on('error', () => {});
	socket.on('data', (chunk: Buffer) => {
		bytes += chunk.length;
		if (chunk.includes('hello\n')) socket.write('welcome\n');
		if (chunk.includes('count\n')) socket.write(`${bytes}\n`);
	});
});
const http = createHttpServer((_, response) => response.end('page'));
const servers = { plain, secure, http };
const ports: Record<string, number> = {};

const scripts = useScripts({ network: { listen: ['127.0.0.1:*'] } });
beforeAll(async () => {
	for (const [name, server] of Object.entries(servers)) {
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		ports[name] = (server.address() as AddressInfo).port;
	}
	scripts().files.write('ca.pem', certificate.cert);
	scripts().files.write('server.pem', `${certificate.cert}\n${certificate.key}`);
});
afterAll(() => {
	for (const server of Object.values(servers)) server.close();
	http.closeAllConnections();
});

/** `spin()` asks again and again without ever waiting, as long as the answer is null; what never ends says so. */
const SPIN = `
	$spin = function (callable $ask) {
		$end = hrtime(true) + 20e9;
		while (($answer = $ask()) === null) if (hrtime(true) > $end) return 'never';
		return $answer;
	};
	$open = function (int $port, int $flags = STREAM_CLIENT_CONNECT, array $ssl = []) {
		$context = stream_context_create(['ssl' => ['cafile' => __DIR__ . '/ca.pem', 'peer_name' => 'localhost', ...$ssl]]);
		$f = stream_socket_client("tcp://127.0.0.1:$port", $errno, $error, 5, $flags, $context);
		stream_set_blocking($f, false);
		return $f;
	};
	$secure = function ($f, int $method) use ($spin) {
		return $spin(function () use ($f, $method) {
			$done = stream_socket_enable_crypto($f, true, $method);
			return $done === 0 ? null : $done;
		});
	};
	$line = fn ($f) => $spin(fn () => ($text = fgets($f)) === false ? null : $text);
	$send = fn ($f, string $data) => $spin(function () use ($f, &$data) {
		$data = substr($data, (int) @fwrite($f, $data));
		return $data === '' ? 'sent' : null;
	});`;

describe('a loop that never waits gets its answer all the same:', () => {
	test.each(['TLSv1_2', 'TLSv1_3'])('%s, as a client', async (version) => {
		const result = await scripts().run(
			`${SPIN}
			$f = $open((int) $_GET['secure']);
			$shaken = $secure($f, STREAM_CRYPTO_METHOD_${version}_CLIENT);
			$sent = $send($f, "hello\\n");
			$welcome = $line($f);
			$big = $send($f, str_repeat('a', 3_000_000) . "count\\n");
			return [$shaken, $sent, $welcome, $big, $line($f)];`,
			ports,
		);
		expect(result).toEqual([true, 'sent', 'welcome\n', 'sent', '3000012\n']);
	});

	test('TLS, as a server', async () => {
		const running = scripts().run(`${SPIN}
			$context = stream_context_create(['ssl' => ['local_cert' => __DIR__ . '/server.pem']]);
			$server = stream_socket_server('tcp://127.0.0.1:0', $errno, $error, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN, $context);
			stream_set_blocking($server, false);
			file_put_contents('tls-port', stream_socket_get_name($server, false));
			$f = $spin(fn () => @stream_socket_accept($server, 0) ?: null);
			stream_set_blocking($f, false);
			$shaken = $secure($f, STREAM_CRYPTO_METHOD_TLS_SERVER);
			$line = $line($f);
			return [$shaken, $line, $send($f, "bye\\n")];`);
		const port = await eventually('the port', () => /:(\d+)$/.exec(scripts().files.read('tls-port') ?? '')?.[1]);
		const socket = connectTls({ port: Number(port), host: '127.0.0.1', ca: certificate.cert, servername: 'localhost' });
		socket.on('error', () => {});
		socket.write('from outside\n');
		expect(await running).toEqual([true, 'from outside\n', 'sent']);
		socket.destroy();
	});

	test('a connection that is being made, fgets(), fwrite(), feof()', async () => {
		const result = await scripts().run(
			`${SPIN}
			$f = $open((int) $_GET['plain'], STREAM_CLIENT_CONNECT | STREAM_CLIENT_ASYNC_CONNECT);
			$peer = $spin(fn () => stream_socket_get_name($f, true) ?: null);
			$send($f, "hello\\n");
			$welcome = $line($f);
			$send($f, str_repeat('b', 2_000_000));
			stream_socket_shutdown($f, STREAM_SHUT_WR);
			return [$peer, $welcome, $line($f), $spin(fn () => feof($f) ?: null)];`,
			ports,
		);
		expect(result).toEqual([`127.0.0.1:${ports.plain}`, 'welcome\n', '2000006\n', true]);
	});

	test('stream_select() and curl_multi_exec() that give no time', async () => {
		const result = await scripts().run(
			`${SPIN}
			$f = $open((int) $_GET['plain']);
			fwrite($f, "hello\\n");
			$ready = $spin(function () use ($f) {
				$read = [$f];
				$write = $except = null;
				return stream_select($read, $write, $except, 0) ?: null;
			});
			$multi = curl_multi_init();
			$curl = curl_init("http://127.0.0.1:{$_GET['http']}/");
			curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);
			curl_multi_add_handle($multi, $curl);
			$spin(function () use ($multi) {
				curl_multi_exec($multi, $running);
				return $running > 0 ? null : 'done';
			});
			return [$ready, curl_multi_getcontent($curl)];`,
			ports,
		);
		expect(result).toEqual([1, 'page']);
	});
});
