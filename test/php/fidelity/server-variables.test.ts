import { describe, expect, test } from 'vitest';
import { RawClient } from '../../robustness/support/raw-client.ts';
import { MODES } from '../../support/application.ts';
import { FidelityServer, useFidelityServer, type WireRequest } from './support/fidelity-server.ts';

const fidelity = useFidelityServer({
	env: { APP_FLAVOUR: 'vanilla', EMPTY_ONE: '', SERVER_NAME: 'of-env', HTTP_X_OF_ENV: 'of-env', REQUEST_METHOD: 'ENV' },
});

/** `undefined` = the key is not there. `FILE` stands for the script, `ROOT` for the document root. */
type Row = [key: string, request: WireRequest, expected: string | undefined];

const PLAIN: WireRequest = {};
const NAMED: WireRequest = { host: 'www.example.org:8443' };
const FORM: WireRequest = {
	method: 'POST',
	headers: ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'],
	body: 'a=b',
};
const DEEP: WireRequest = { rest: '/one/two.html?x=1&y=%20' };
const basic = (text: string): WireRequest => ({
	headers: ['Authorization', `Basic ${Buffer.from(text).toString('base64')}`],
});

const ROWS: Row[] = [
	['AUTH_TYPE', PLAIN, ''],
	['AUTH_TYPE', basic('ann:secret'), ''],
	['CONTENT_LENGTH', PLAIN, ''],
	['CONTENT_LENGTH', FORM, '3'],
	['CONTENT_LENGTH', { method: 'POST', body: ['ab', 'c'] }, ''],
	['HTTP_CONTENT_LENGTH', FORM, '3'],
	['CONTENT_TYPE', PLAIN, ''],
	['CONTENT_TYPE', FORM, 'application/x-www-form-urlencoded; charset=utf-8'],
	['HTTP_CONTENT_TYPE', FORM, 'application/x-www-form-urlencoded; charset=utf-8'],
	['DOCUMENT_ROOT', PLAIN, 'ROOT'],
	['DOCUMENT_URI', PLAIN, '/FILE'],
	['DOCUMENT_URI', DEEP, '/FILE'],
	['GATEWAY_INTERFACE', PLAIN, 'CGI/1.1'],
	['HTTPS', PLAIN, ''],
	['SSL_PROTOCOL', PLAIN, ''],
	['SSL_CIPHER', PLAIN, ''],
	['REQUEST_SCHEME', PLAIN, 'http'],
	['HTTP_HOST', NAMED, 'www.example.org:8443'],
	['SERVER_PORT', NAMED, '8443'],
	['SERVER_PORT', { host: 'plain.example' }, '80'],
	['SERVER_PORT', { host: '[::1]:99' }, '99'],
	['PATH_INFO', PLAIN, ''],
	['PATH_INFO', DEEP, '/one/two.html'],
	['PATH_INFO', { rest: '/sp%20ace/%C3%A4' }, '/sp ace/ä'],
	['PATH_INFO', { rest: '/' }, '/'],
	['PATH_TRANSLATED', DEEP, 'ROOT/one/two.html'],
	['PATH_TRANSLATED', { rest: '/a/' }, 'ROOT/a/'],
	['PHP_SELF', PLAIN, '/FILE'],
	['PHP_SELF', DEEP, '/FILE/one/two.html'],
	['SCRIPT_NAME', DEEP, '/FILE'],
	['SCRIPT_FILENAME', DEEP, 'ROOT/FILE'],
	['QUERY_STRING', PLAIN, ''],
	['QUERY_STRING', { rest: '?' }, ''],
	['QUERY_STRING', DEEP, 'x=1&y=%20'],
	['QUERY_STRING', { rest: '?a?b=%C3%A4&c' }, 'a?b=%C3%A4&c'],
	['REMOTE_ADDR', PLAIN, '127.0.0.1'],
	['REMOTE_HOST', PLAIN, '127.0.0.1'],
	['REMOTE_IDENT', PLAIN, ''],
	['REMOTE_USER', PLAIN, undefined],
	['REMOTE_USER', basic('ann:se:cret'), 'ann'],
	['PHP_AUTH_USER', PLAIN, undefined],
	['PHP_AUTH_USER', basic('ann:se:cret'), 'ann'],
	['PHP_AUTH_PW', basic('ann:se:cret'), 'se:cret'],
	['PHP_AUTH_PW', basic('änn:'), undefined],
	['PHP_AUTH_USER', basic('änn:'), 'änn'],
	['PHP_AUTH_USER', { headers: ['Authorization', 'Bearer abc'] }, undefined],
	['HTTP_AUTHORIZATION', { headers: ['Authorization', 'Bearer abc'] }, 'Bearer abc'],
	['PHP_AUTH_DIGEST', { headers: ['Authorization', 'Digest username="ann", uri="/"'] }, 'username="ann", uri="/"'],
	['REQUEST_METHOD', PLAIN, 'GET'],
	['REQUEST_METHOD', { method: 'PROPFIND' }, 'PROPFIND'],
	['REQUEST_METHOD', { method: 'POST', headers: ['X-HTTP-Method-Override', 'PUT'] }, 'POST'],
	['REQUEST_URI', DEEP, '/FILE/one/two.html?x=1&y=%20'],
	['REQUEST_URI', { rest: '/%C3%A4?%22' }, '/FILE/%C3%A4?%22'],
	['SERVER_PROTOCOL', PLAIN, 'HTTP/1.1'],
	['SERVER_SOFTWARE', PLAIN, 'FrankenPHP'],
	['HTTP_X_SCRIPT', PLAIN, 'server'],
	['HTTP_X_LONGER_NAME2', { headers: ['x-LONGER-name2', 'y  z'] }, 'y  z'],
	['HTTP_X_EMPTY', { headers: ['X-Empty', ''] }, ''],
	['HTTP_X_TWICE', { headers: ['X-Twice', 'a', 'x-twice', 'b, c'] }, 'a, b, c'],
	['HTTP_X_LATE', { headers: ['X_Late', 'spoofed'] }, undefined],
	['HTTP_X_LATE', { headers: ['X-Late', 'real', 'X_Late', 'spoofed'] }, 'real'],
	['HTTP_PROXY', PLAIN, undefined],
	["HTTP_X!$&'*+^`|~", { headers: ["X!$&'*+^`|~", 'odd'] }, 'odd'],
	['HTTP_COOKIE', { headers: ['Cookie', 'a=1; b=2'] }, 'a=1; b=2'],
	['APP_FLAVOUR', PLAIN, 'vanilla'],
	['EMPTY_ONE', PLAIN, ''],
	['FRANKENPHP_SIDEKICK_NAME', PLAIN, undefined],
	['argv', DEEP, undefined],
	['argc', DEEP, undefined],
];

describe.each(MODES)('$_SERVER of a %s request', (mode) => {
	const file = mode === 'worker' ? 'worker.php' : 'index.php';

	test.each(ROWS)('%s of %j is %j', async (key, request, expected) => {
		const server = await fidelity().ask(mode, 'server', request);
		const filled = expected?.replace('FILE', file).replace('ROOT', fidelity().folder);
		expect(server[key]).toBe(filled);
		expect(key in server).toBe(expected !== undefined);
	});

	test.each([
		['www.example.org:8443', 'www.example.org'],
		['plain.example', 'plain.example'],
		['[::1]:99', '::1'],
	])('SERVER_NAME of the host %s is %s', async (host, expected) => {
		await using plain = await FidelityServer.start();
		expect(await plain.ask(mode, 'server', { host })).toMatchObject({ SERVER_NAME: expected, HTTP_HOST: host });
	});

	// FrankenPHP merges the env of php_server into $_SERVER after the request's own variables (cgi.go,
	// go_register_server_variables): what the Caddyfile says wins. Here the request wins.
	test('the env of the server wins over SERVER_NAME and HTTP_*', async () => {
		const server = await fidelity().ask(mode, 'server', { headers: ['X-Of-Env', 'of-client'] });
		expect(server).toMatchObject({ SERVER_NAME: 'of-env', HTTP_X_OF_ENV: 'of-env' });
	});

	test('the env of the server does not win over REQUEST_METHOD', async () => {
		expect(await fidelity().ask(mode, 'server', { method: 'PUT' })).toMatchObject({ REQUEST_METHOD: 'PUT' });
	});

	// FrankenPHP makes an underscore of a dot, so that a client could claim what only a proxy may say in X-Real-Ip.
	test.each([
		'X.Real.Ip',
		'X_Real_Ip',
		'X-Real.Ip',
		'X.Real-Ip',
		'.',
		'x-real-ip_',
	])('a header whose name PHP would make another one is dropped: %s', async (name) => {
		const headers = [name, 'evil', 'X-Real-Ip', 'good', name, 'evil'];
		const server = await fidelity().ask(mode, 'server', { headers });
		expect(server).toMatchObject({ HTTP_X_REAL_IP: 'good' });
		expect(JSON.stringify(server)).not.toContain('evil');
	});

	// Go takes Transfer-Encoding and Trailer out of the headers of a request (net/http, readTransfer).
	test('the framing of a chunked body is no header', async () => {
		const server = await fidelity().ask(mode, 'server', { method: 'POST', body: ['ab', 'c'] });
		expect(server).not.toHaveProperty('HTTP_TRANSFER_ENCODING');
	});

	test('REMOTE_PORT is the port of the client, as text', async () => {
		const { REMOTE_PORT } = await fidelity().ask(mode, 'server');
		expect(REMOTE_PORT).toMatch(/^[1-9]\d{0,4}$/);
		expect(REMOTE_PORT).not.toBe(new URL(fidelity().server.url ?? '').port);
	});

	test('REQUEST_TIME and REQUEST_TIME_FLOAT are those of the request', async () => {
		const before = Date.now() / 1000;
		const { REQUEST_TIME, REQUEST_TIME_FLOAT } = await fidelity().ask(mode, 'server');
		expect(REQUEST_TIME_FLOAT).toBeGreaterThanOrEqual(before - 0.001);
		expect(REQUEST_TIME_FLOAT).toBeLessThanOrEqual(Date.now() / 1000);
		expect(REQUEST_TIME).toBe(Math.floor(REQUEST_TIME_FLOAT as number));
	});

	test('FRANKENPHP_WORKER tells the two modes apart', async () => {
		const { FRANKENPHP_WORKER } = await fidelity().ask(mode, 'server');
		expect(FRANKENPHP_WORKER).toBe(mode === 'worker' ? '1' : undefined);
	});

	test('cookies in several headers all reach $_SERVER', async () => {
		const { HTTP_COOKIE } = await fidelity().ask(mode, 'server', { headers: ['Cookie', 'a=1', 'Cookie', 'b=2'] });
		expect(HTTP_COOKIE).toBe('a=1; b=2');
	});

	test('bytes of a header that are no UTF-8 reach PHP unchanged', async () => {
		const bytes = await fidelity().ask<string>(mode, 'header-bytes', { headers: ['X-Bytes', '\xe4\xff\x80'] });
		expect(bytes).toBe('e4ff80');
	});
});

describe('$_SERVER of a path that', () => {
	test('names no file is that of the front controller', async () => {
		expect(await fidelity().ask('classic', 'server', { target: '/no/such%20page?x=1' })).toMatchObject({
			REQUEST_URI: '/no/such%20page?x=1',
			QUERY_STRING: 'x=1',
			SCRIPT_NAME: '/index.php',
			SCRIPT_FILENAME: `${fidelity().folder}/index.php`,
			DOCUMENT_URI: '/index.php',
			PHP_SELF: '/index.php',
			PATH_INFO: '',
		});
	});

	test('is not ASCII has names in UTF-8, and the target as it was sent', async () => {
		expect(await fidelity().ask('classic', 'server', { target: '/stra%C3%9Fe/%c3%a4.php/%E2%82%AC' })).toMatchObject({
			REQUEST_URI: '/stra%C3%9Fe/%c3%a4.php/%E2%82%AC',
			SCRIPT_NAME: '/straße/ä.php',
			SCRIPT_FILENAME: `${fidelity().folder}/straße/ä.php`,
			DOCUMENT_URI: '/straße/ä.php',
			PHP_SELF: '/straße/ä.php/€',
			PATH_INFO: '/€',
			PATH_TRANSLATED: `${fidelity().folder}/€`,
		});
	});
});

test.each(MODES)('SERVER_PROTOCOL of HTTP/1.0, in %s mode', async (mode) => {
	using client = new RawClient(fidelity().server.url);
	client.send(`GET /${mode === 'worker' ? 'worker' : 'index'}.php HTTP/1.0`, 'X-Script: server', '', '');
	const answer = await client.answer(/\}\s*$/);
	expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({
		SERVER_PROTOCOL: 'HTTP/1.0',
		HTTP_HOST: '',
	});
});
