import { describe, expect, inject, test } from 'vitest';
import { useScripts } from '../../../php-thread/sockets/php-script.ts';
import { CapturingLogger } from '../../../support/capturing-logger.ts';
import { platform } from '../../../support/node/platform.ts';

const { plain, withoutCors } = inject('origins');
type Echo = { method: string; url: string; headers: Record<string, string>; body: string };

describe.each(platform.phpVersions)('http:// streams on PHP %s', (php) => {
	const scripts = useScripts({ php });

	test('read what fetch() gets', async () => {
		const echo = await scripts().run<Echo>(
			`return json_decode(file_get_contents("http://localhost:{$_GET['port']}/echo?a=%20b"));`,
			{ port: plain },
		);
		expect(echo.method).toBe('GET');
		expect(echo.url).toBe('/echo?a=%20b');
	});
});

describe('http:// streams', () => {
	const log = new CapturingLogger();
	const scripts = useScripts({ log });
	const run = <T>(code: string) =>
		scripts().run<T>(`$url = "http://localhost:{$_GET['port']}";\n${code}`, { port: plain });

	test('send methods, headers and bodies', async () => {
		const echo = await run<Echo>(
			`$context = stream_context_create(['http' => [
				'method' => 'PUT',
				'header' => ['Content-Type: text/x-test', 'X-Asked: by PHP'],
				'content' => "a\\0b\\r\\n\\r\\nc",
			]]);
			return json_decode(file_get_contents("$url/echo", false, $context));`,
		);
		expect(echo).toMatchObject({ method: 'PUT', body: 'a\0b\r\n\r\nc' });
		expect(echo.headers).toMatchObject({ 'content-type': 'text/x-test', 'x-asked': 'by PHP' });
		expect(echo.headers).not.toHaveProperty('cookie');
	});

	test('know status and headers of an answer', async () => {
		const [found, missing, empty, warnings] = await run<[string[], string, string, string[]]>(
			`file_get_contents("$url/echo");
			$found = $http_response_header;
			$missing = file_get_contents("$url/missing", false, stream_context_create(['http' => ['ignore_errors' => true]]));
			file_get_contents("$url/missing");
			return [$found, $missing, file_get_contents("$url/nothing"), $GLOBALS['warnings']];`,
		);
		expect(found[0]).toBe('HTTP/1.1 200 OK');
		expect(found).toContain('x-answer: yes');
		expect(missing).toBe('nothing here');
		expect(empty).toBe('');
		expect(warnings).toHaveLength(1);
		expect(warnings[0]).toContain('HTTP request failed! HTTP/1.1 404 Not Found');
	});

	test('follow redirects, as the browser does', async () => {
		expect(await run(`return json_decode(file_get_contents("$url/redirect"))->url;`)).toBe('/echo?redirected');
	});

	test('read an encoded answer decoded', async () => {
		expect(await run('return file_get_contents("$url/gzip");')).toBe('plain again');
	});

	test('get an answer in parts, as soon as they come', async () => {
		expect(
			await run(
				`$f = fopen("$url/half?key=parts", 'r');
				$first = fgets($f);
				file_get_contents("$url/rest?key=parts");
				return [$first, fgets($f), fgets($f), feof($f)];`,
			),
		).toEqual(['first\n', 'second\n', false, true]);
	});

	test('carry 5 MB of any bytes both ways', async () => {
		const [length, downloaded, uploaded, expected] = await run<[number, string, string, string]>(
			`$bytes = file_get_contents("$url/megabytes");
			$post = stream_context_create(['http' => [
				'method' => 'POST', 'header' => 'Content-Type: text/plain', 'content' => $bytes,
			]]);
			return [
				strlen($bytes), hash('sha256', $bytes), file_get_contents("$url/digest", false, $post),
				file_get_contents("$url/megabytes/digest"),
			];`,
		);
		expect(length).toBe(5 * 1024 * 1024);
		expect(downloaded).toBe(expected);
		expect(uploaded).toBe(expected);
	});

	test('by HTTP/1.0 the end of the connection is the end of the answer', async () => {
		const echo = await run<Echo>(
			`$f = stream_socket_client("tcp://localhost:{$_GET['port']}");
			fwrite($f, "GET /echo HTTP/1.0\\r\\n\\r\\n");
			[, $body] = explode("\\r\\n\\r\\n", stream_get_contents($f));
			return json_decode($body);`,
		);
		expect(echo.method).toBe('GET');
	});

	test('several requests go by one connection, with bodies in chunks, also when they come together', async () => {
		const answers = await run<string[]>(
			`$f = stream_socket_client("tcp://localhost:{$_GET['port']}");
			$post = "POST /digest HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n";
			fwrite($f, $post . "3\\r\\nabc\\r\\n");
			fwrite($f, "2;x=y\\r\\nde\\r\\n0\\r\\n\\r\\nGET /missing HTTP/1.1\\r\\nConnection: close\\r\\n\\r\\n");
			return preg_split('~(?=HTTP/1.1 )~', stream_get_contents($f), -1, PREG_SPLIT_NO_EMPTY);`,
		);
		expect(answers).toHaveLength(2);
		expect(answers[0]).toContain('36bbe50ed96841d10443bcb670d6554f0a34b761be67ec9c4a8ad2c0c44ca42c');
		expect(answers[1]).toMatch(/^HTTP\/1\.1 404 .*nothing here/s);
	});

	test('an answer that breaks off is no complete one', async () => {
		const lines = await run(
			`$f = fopen("$url/half?key=broken", 'r');
			$first = fgets($f);
			file_get_contents("$url/broken?key=broken");
			return [$first, fgets($f)];`,
		);
		expect(lines).toEqual(['first\n', false]);
		expect(log.matching('the answer broke off')).toHaveLength(1);
	});

	test('a host that does not let the page read it (CORS): the warning and the log say so', async () => {
		const warnings = await scripts().run<string[]>(
			`file_get_contents("http://localhost:{$_GET['port']}/");
			return $GLOBALS['warnings'];`,
			{ port: withoutCors },
		);
		expect(warnings).toHaveLength(1);
		expect(warnings[0]).toContain('does not let this page read it (CORS), or it cannot be reached');
		expect(log.matching(`GET http://localhost:${withoutCors}/: No answer`)).toHaveLength(1);
	});

	test('what fetch() cannot send is told apart', async () => {
		const warnings = await run<string[]>(
			`file_get_contents($url, false, stream_context_create(['http' => ['method' => 'TRACE']]));
			file_get_contents($url, false, stream_context_create(['http' => [
				'method' => 'GET', 'content' => 'x', 'header' => 'Content-Type: text/plain',
			]]));
			file_get_contents($url, false, stream_context_create(['http' => ['header' => 'Host: elsewhere']]));
			return $GLOBALS['warnings'];`,
		);
		expect(warnings).toEqual([
			expect.stringContaining('A browser does not send this TRACE request'),
			expect.stringContaining('A browser sends no body with GET'),
			expect.stringContaining(`A browser sends no other Host header than localhost:${plain}`),
		]);
	});
});
