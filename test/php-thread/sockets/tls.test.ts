import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useScripts } from './php-script.ts';
import { createCertificate } from './test-certificate.ts';

const certificate = await createCertificate();
const tls = createServer(certificate, (socket) => {
	socket.on('error', () => {});
	socket.on('data', (bytes) => socket.write(`secret ${bytes}`));
});
tls.on('tlsClientError', () => {});
const http = createHttpServer((request, response) => {
	if (request.url === '/slow') setTimeout(() => response.end('slow'), 100);
	else response.end(`${request.method} ${request.url}`);
});
let ports: { tls: number; http: number };
const scripts = useScripts();
beforeAll(async () => {
	for (const server of [tls, http]) {
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
	}
	ports = { tls: (tls.address() as AddressInfo).port, http: (http.address() as AddressInfo).port };
	scripts().files.write('ca.pem', certificate.cert);
});
afterAll(() => {
	tls.close();
	http.close();
	http.closeAllConnections();
});

describe('TLS by PHP', () => {
	test('talks to a server whose certificate is trusted', async () => {
		const result = await scripts().run(
			`$context = stream_context_create(['ssl' => ['cafile' => __DIR__ . '/ca.pem', 'peer_name' => 'localhost']]);
			$f = stream_socket_client("tls://127.0.0.1:{$_GET['tls']}", $errno, $error, 5, STREAM_CLIENT_CONNECT, $context);
			fwrite($f, "word\\n");
			return [fgets($f), stream_get_meta_data($f)['crypto']['protocol']];`,
			ports,
		);
		expect(result).toEqual(['secret word\n', 'TLSv1.3']);
	});

	test('refuses a certificate that the system does not trust', async () => {
		const result = await scripts().run<[boolean, string[]]>(
			`$f = stream_socket_client("tls://localhost:{$_GET['tls']}", $errno, $error, 5);
			return [$f, $GLOBALS['warnings']];`,
			ports,
		);
		expect(result[0]).toBe(false);
		expect(result[1][0]).toContain('certificate verify failed');
	});

	test('knows the authorities of the system', async () => {
		const count = await scripts().run<number>(
			`return preg_match_all('/BEGIN CERTIFICATE/', file_get_contents(ini_get('openssl.cafile')));`,
		);
		expect(count).toBeGreaterThan(20);
	});
});

describe('HTTP by PHP', () => {
	test('streams and curl, one after the other and side by side', async () => {
		const result = await scripts().run<[string, string, string[], boolean]>(
			`$url = "http://127.0.0.1:{$_GET['http']}";
			$curl = curl_init("$url/curl");
			curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);
			$multi = curl_multi_init();
			for ($i = 0; $i < 5; $i++) {
				$handles[$i] = curl_init("$url/slow");
				curl_setopt($handles[$i], CURLOPT_RETURNTRANSFER, true);
				curl_multi_add_handle($multi, $handles[$i]);
			}
			$looks = 0;
			do {
				curl_multi_exec($multi, $running);
				if ($running) curl_multi_select($multi, 5);
			} while ($running && ++$looks < 1000);
			return [file_get_contents("$url/stream"), curl_exec($curl), array_map(curl_multi_getcontent(...), $handles), $looks < 200];`,
			ports,
		);
		expect(result).toEqual(['GET /stream', 'GET /curl', Array(5).fill('slow'), true]);
	});
});
