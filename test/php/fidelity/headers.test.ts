import { describe, expect, test } from 'vitest';
import { MODES } from '../../support/application.ts';
import { useResponseApplication } from './support/response-application.ts';
import { values } from './support/response-exchange.ts';

const app = useResponseApplication();

describe.each(MODES)('the head of a response in %s mode', (mode) => {
	test.each([
		['a status line', 'line', "418 I'm a teapot", 'status 418'],
		['a status line without a status', 'short-line', '200 OK', 'status 200'],
		['http_response_code()', 'function', '404 Not Found', 'status 404'],
		['the third parameter of header()', 'third', '402 Payment Required', 'status 402'],
		['a Location', 'location', '302 Found', 'status 302'],
		['a Location beside a status of its own', 'created', '201 Created', 'status 201'],
		['WWW-Authenticate', 'authenticate', '401 Unauthorized', 'status 401'],
		['a status that forbids a body', 'no-content', '204 No Content', ''],
	])('takes its status from %s', async (_, how, status, body) => {
		expect(await app().ask(mode, 'statuses', { how })).toMatchObject({ status, body });
	});

	test('takes a status that has no name', async () => {
		expect((await app().ask(mode, 'statuses', { how: 'unknown' })).status).toMatch(/^599\b/);
	});

	test.each(['too-large', 'too-small'])('is a 500 for a number that is no status (%s)', async (how) => {
		expect((await app().ask(mode, 'statuses', { how })).status).toBe('500 Internal Server Error');
		expect(await app().ask(mode, 'hello')).toMatchObject({ status: '200 OK', body: 'hello' });
	});

	test('has "Status" as a header like any other', async () => {
		const head = await app().ask(mode, 'statuses', { how: 'header' });
		expect([head.status, values(head, 'status')]).toEqual(['200 OK', ['409 Conflict']]);
	});

	test('has a Set-Cookie per cookie', async () => {
		const head = await app().ask(mode, 'cookies');
		expect(values(head, 'set-cookie')).toEqual(['a=one%20two; path=/; HttpOnly; SameSite=Lax', 'b=raw', 'c=3']);
	});

	test('has what header() and header_remove() left, as headers_list() has', async () => {
		const { body, ...head } = await app().ask(mode, 'header-changes');
		expect(values(head, 'x-replaced')).toEqual(['two']);
		expect(values(head, 'x-added')).toEqual(['one', 'two']);
		expect(values(head, 'x-removed')).toEqual([]);
		expect([values(head, 'x-split'), values(head, 'x-injected')]).toEqual([[], []]);
		const list: string[] = JSON.parse(body.slice(body.indexOf('["')));
		expect(list.filter((line) => /^x-(?!powered)/i.test(line))).toEqual([
			'x-replaced: two',
			'X-Added: one',
			'X-Added: two',
		]);
	});

	test('is completed by header_register_callback()', async () => {
		const head = await app().ask(mode, 'header-callback');
		expect([head.status, values(head, 'x-called'), values(head, 'x-before')]).toEqual(['202 Accepted', ['202'], []]);
	});

	test('is closed once it is sent: headers_sent() says by which line', async () => {
		const { body, ...head } = await app().ask(mode, 'headers-sent');
		expect(values(head, 'x-late')).toEqual([]);
		expect(JSON.parse(body.slice(body.indexOf('|') + 1))).toEqual([
			false,
			true,
			'headers-sent.php',
			3,
			expect.stringMatching(/^Cannot modify header information - headers already sent by \(output started at .*:3\)$/),
		]);
	});

	test('has the Content-Length of the script', async () => {
		const head = await app().ask(mode, 'content-length');
		expect([values(head, 'content-length'), values(head, 'transfer-encoding'), head.body]).toEqual([
			['5'],
			[],
			'right',
		]);
	});

	test('is followed by the bytes of the script, whatever they are', async () => {
		const { body, ...head } = await app().ask(mode, 'binary');
		expect(values(head, 'content-type')).toEqual(['application/octet-stream']);
		const every = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('');
		expect(body === every.repeat(300)).toBe(true);
	});

	test('may have many, large and non-ASCII headers', async () => {
		const head = await app().ask(mode, 'many-headers');
		for (let i = 0; i < 200; i++) {
			expect(values(head, `x-number-${i}`)).toEqual([String.fromCharCode(97 + (i % 26)).repeat(40)]);
		}
		expect(values(head, 'x-large')).toEqual(['v'.repeat(8000)]);
		expect(values(head, 'x-latin')).toEqual(['caf\xe9']);
		expect(values(head, 'x-utf8')).toEqual([Buffer.from('café').toString('latin1')]);
		expect(head.body).toBe('ok');
	});

	test('names the version of PHP, unless the script removes it', async () => {
		expect(values(await app().ask(mode, 'hello'), 'x-powered-by')).toEqual([expect.stringMatching(/^PHP\/8\.4\.\d+$/)]);
		expect(values(await app().ask(mode, 'many-headers'), 'x-powered-by')).toEqual([]);
	});

	test('says that it is HTML, by default', async () => {
		expect(values(await app().ask(mode, 'hello'), 'content-type')).toEqual(['text/html; charset=UTF-8']);
	});
});
