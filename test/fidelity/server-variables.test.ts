import { describe, expect, test } from 'vitest';
import { MODES, type Mode, usePages } from './support/pages.ts';

const pages = usePages(
	{ server: 'echo json_encode($_SERVER, JSON_PARTIAL_OUTPUT_ON_ERROR);' },
	{ env: { APP_ENV: 'test', SERVER_ADMIN: 'x@y.test' } },
);

const entry = (mode: Mode): string => (mode === 'worker' ? 'worker' : 'index');

/** Asks with everything that leaves a trace, and PATH_INFO. */
async function ask(mode: Mode, more: readonly string[] = []): Promise<Record<string, unknown>> {
	const { RawClient } = await import('../robustness/support/raw-client.ts');
	using client = new RawClient(pages.url);
	client.send(
		`POST /${entry(mode)}.php/extra/%C3%A4?page=server&x=1 HTTP/1.1`,
		'Host: example.test:8123',
		'Connection: close',
		'Authorization: Basic dXNlcjpwYTpzcw==',
		'Content-Type: text/plain; charset=x',
		'Content-Length: 4',
		'Accept-Language: de',
		'Cookie: a=1; b=2',
		'X-Twice: one',
		'x-twice: two',
		'X_Dropped: it would be the same as X-Dropped',
		'X-Odd.Name: odd',
		...more,
		'',
		'body',
	);
	await client.closed;
	return JSON.parse(client.received.slice(client.received.indexOf('{"'), client.received.lastIndexOf('}') + 1));
}

describe.each(MODES)('$_SERVER, %s', (mode) => {
	const script = `/${entry(mode)}.php`;

	test.each<[string, unknown]>([
		['AUTH_TYPE', ''],
		['CONTENT_LENGTH', '4'],
		['CONTENT_TYPE', 'text/plain; charset=x'],
		['DOCUMENT_URI', script],
		['GATEWAY_INTERFACE', 'CGI/1.1'],
		['HTTPS', ''],
		['HTTP_ACCEPT_LANGUAGE', 'de'],
		['HTTP_AUTHORIZATION', 'Basic dXNlcjpwYTpzcw=='],
		['HTTP_CONNECTION', 'close'],
		['HTTP_CONTENT_LENGTH', '4'],
		['HTTP_CONTENT_TYPE', 'text/plain; charset=x'],
		['HTTP_COOKIE', 'a=1; b=2'],
		['HTTP_HOST', 'example.test:8123'],
		['HTTP_X_DROPPED', undefined],
		['HTTP_X_TWICE', 'one, two'],
		['PATH_INFO', '/extra/ä'],
		['PHP_AUTH_USER', 'user'],
		['PHP_AUTH_PW', 'pa:ss'],
		['PHP_AUTH_DIGEST', undefined],
		['PHP_SELF', `${script}/extra/ä`],
		['QUERY_STRING', 'page=server&x=1'],
		['REMOTE_ADDR', '127.0.0.1'],
		['REMOTE_HOST', '127.0.0.1'],
		['REMOTE_IDENT', ''],
		['REMOTE_PORT', expect.stringMatching(/^\d+$/)],
		['REMOTE_USER', 'user'],
		['REQUEST_METHOD', 'POST'],
		['REQUEST_SCHEME', 'http'],
		['REQUEST_TIME', expect.any(Number)],
		['REQUEST_TIME_FLOAT', expect.any(Number)],
		['REQUEST_URI', `${script}/extra/%C3%A4?page=server&x=1`],
		['SCRIPT_NAME', script],
		['SERVER_NAME', 'example.test'],
		['SERVER_PORT', '8123'],
		['SERVER_PROTOCOL', 'HTTP/1.1'],
		['SERVER_SOFTWARE', 'FrankenPHP'],
		['SSL_CIPHER', ''],
		['SSL_PROTOCOL', ''],
		['FRANKENPHP_WORKER', mode === 'worker' ? '1' : undefined],
		['FRANKENPHP_SIDEKICK_NAME', undefined],
		['APP_ENV', 'test'],
		['PATH', undefined],
	])('%s', async (key, expected) => {
		expect((await ask(mode))[key]).toEqual(expected);
	});

	test('paths of the host: DOCUMENT_ROOT, SCRIPT_FILENAME, PATH_TRANSLATED', async () => {
		expect(await ask(mode)).toMatchObject({
			DOCUMENT_ROOT: pages.folder,
			SCRIPT_FILENAME: pages.folder + script,
			PATH_TRANSLATED: `${pages.folder}/extra/ä`,
		});
	});

	test('argv and argc are empty for a request', async () => {
		const { argv, argc } = await ask(mode);
		expect([[], undefined]).toContainEqual(argv);
		expect([0, undefined]).toContain(argc);
	});

	test('REQUEST_TIME_FLOAT is now, and REQUEST_TIME its whole seconds', async () => {
		const before = Date.now() / 1000;
		const { REQUEST_TIME, REQUEST_TIME_FLOAT } = (await ask(mode)) as Record<string, number>;
		expect(REQUEST_TIME_FLOAT).toBeGreaterThan(before - 1);
		expect(REQUEST_TIME_FLOAT).toBeLessThan(Date.now() / 1000 + 1);
		expect(REQUEST_TIME).toBe(Math.floor(REQUEST_TIME_FLOAT ?? 0));
	});

	test('without a body, a query and PATH_INFO', async () => {
		const server = await pages.json(mode, 'server');
		expect(server).toMatchObject({ CONTENT_LENGTH: '', CONTENT_TYPE: '', PATH_INFO: '', REQUEST_METHOD: 'GET' });
		expect(server).not.toHaveProperty('PATH_TRANSLATED');
		expect(server).not.toHaveProperty('PHP_AUTH_USER');
		expect(server).not.toHaveProperty('REMOTE_USER');
	});

	test('the environment of the scope has the last word, as in FrankenPHP', async () => {
		expect(await ask(mode)).toMatchObject({ SERVER_ADMIN: 'x@y.test' });
	});

	test('digest authentication', async () => {
		const server = await pages.json(mode, 'server', { headers: { authorization: 'Digest username="x"' } });
		expect(server.PHP_AUTH_DIGEST).toBe('username="x"');
	});

	test('HTTP/1.0', async () => {
		const { RawClient } = await import('../robustness/support/raw-client.ts');
		using client = new RawClient(pages.url);
		client.send(`GET ${pages.path(mode, 'server')} HTTP/1.0`, '', '');
		await client.closed;
		expect(client.received).toContain('"SERVER_PROTOCOL":"HTTP\\/1.0"');
		expect(client.received).toContain('"SERVER_PORT":"80"');
	});
});
