import type { ClientHttp2Session } from 'node:http2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanUp } from '../program/support/igor.ts';
import { parseStrictly, type StrictResponse } from './wire-support/strict-http1.ts';
import { askHttp2, type Mode, type Step, WireServer } from './wire-support/wire-server.ts';

let server: WireServer;
let session: ClientHttp2Session;
beforeAll(async () => {
	server = await WireServer.start();
	session = server.http2();
}, 120_000);
afterAll(async () => {
	session?.close();
	await cleanUp();
});

const MODES: readonly Mode[] = ['classic', 'worker'];
const PAGE = 'the page, all of it';

/** Asks, and then asks for something else on the same connection: pipelined, so that every byte has to be in place. */
async function ask(mode: Mode, steps: readonly Step[], method = 'GET'): Promise<[StrictResponse, StrictResponse?]> {
	const first = `${method} ${server.target(mode, steps)} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
	const second = `GET ${server.target(mode, [['echo', 'the second']])} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
	const responses = parseStrictly(await server.exchange(first + second), [method, 'GET']);
	return responses as [StrictResponse, StrictResponse?];
}

function values(response: StrictResponse, name: string): string[] {
	return response.headers.filter(([other]) => other === name).map(([, value]) => value);
}

/** Steps that announce a length, and print the page at once or in two parts. */
function announcing(length: string | number, isFlushed: boolean): Step[] {
	const half = PAGE.length / 2;
	const printed: Step[] = isFlushed
		? [['echo', PAGE.slice(0, half)], ['flush'], ['echo', PAGE.slice(half)]]
		: [['echo', PAGE]];
	return [['header', `Content-Length: ${length}`], ...printed];
}

describe.each(MODES)('PHP in %s mode says', (mode) => {
	describe.each([
		['at once', false],
		['before and after a flush', true],
	])('its Content-Length and prints %s:', (_, isFlushed) => {
		test.each([0, 1, 8, PAGE.length - 1])('%s, too short: the body is cut there, the log says so', async (length) => {
			const from = server.igor.stderr.length;
			const [first, second] = await ask(mode, announcing(length, isFlushed));
			expect(first).toMatchObject({ status: 200, body: PAGE.slice(0, length), isBroken: false });
			expect(second?.body).toBe('the second');
			await server.logged(new RegExp(`longer than its Content-Length of ${length}`), from);
			expect(await askHttp2(session, server.target(mode, announcing(length, isFlushed)))).toMatchObject({
				body: PAGE.slice(0, length),
				code: 0,
			});
		});

		test.each([PAGE.length + 1, 100_000])('%s, too long: the client sees an error', async (length) => {
			const from = server.igor.stderr.length;
			const [first, second] = await ask(mode, announcing(length, isFlushed));
			expect(first).toMatchObject({ status: 200, body: PAGE, isBroken: true });
			expect(second).toBeUndefined();
			await server.logged(new RegExp(`after ${PAGE.length} bytes of its Content-Length of ${length}`), from);
			const { code } = await askHttp2(session, server.target(mode, announcing(length, isFlushed)));
			expect(code).not.toBe(0);
			// Only that stream.
			expect((await askHttp2(session, server.target(mode, [['echo', 'next']]))).body).toBe('next');
		});

		test.each([
			'abc',
			'-5',
			'+5',
			'0x5',
			'5,5',
			'5 5',
			'',
			'5;',
			'1e1',
			'99999999999999999999',
		])('%j, no number: it is dropped with a warning', async (length) => {
			const from = server.igor.stderr.length;
			const [first, second] = await ask(mode, announcing(length, isFlushed));
			expect(first).toMatchObject({ status: 200, body: PAGE, isBroken: false });
			expect(second?.body).toBe('the second');
			await server.logged(/"level":"warn".*were dropped: Content-Length/, from);
			const answer = await askHttp2(session, server.target(mode, announcing(length, isFlushed)));
			expect(answer).toMatchObject({ body: PAGE, code: 0 });
		});

		test('several, and not the same: all are dropped; the same: it is one', async () => {
			const [different] = await ask(mode, [['header', 'Content-Length: 3'], ...announcing(4, isFlushed)]);
			expect(different).toMatchObject({ body: PAGE, isBroken: false });
			const [same] = await ask(mode, [['header', 'content-length: 3'], ...announcing('03', isFlushed)]);
			expect(same).toMatchObject({ body: PAGE.slice(0, 3), isBroken: false });
		});

		test('the right one: it is kept', async () => {
			const [first] = await ask(mode, announcing(PAGE.length, isFlushed));
			expect([values(first, 'content-length'), first.body]).toEqual([[String(PAGE.length)], PAGE]);
		});
	});

	test.each([204, 205, 304])('a length and a body with status %i: there is no body', async (status) => {
		const [first, second] = await ask(mode, [['status', status], ...announcing(5, false)]);
		expect([first.status, first.body, second?.body]).toEqual([status, '', 'the second']);
		const answer = await askHttp2(session, server.target(mode, [['status', status], ...announcing(5, true)]));
		expect(answer).toMatchObject({ status, body: '', code: 0 });
	});

	test('a length in answer to HEAD: it is kept, whatever was printed', async () => {
		const [first, second] = await ask(mode, announcing(7, false), 'HEAD');
		expect([values(first, 'content-length'), second?.body]).toEqual([['7'], 'the second']);
	});

	test.each([
		'Transfer-Encoding: chunked',
		'Transfer-Encoding: gzip',
		'Trailer: X-Sum',
		'TE: trailers',
	])('%s: it is dropped with a warning, the page is there', async (line) => {
		const from = server.igor.stderr.length;
		for (const more of [[], [['flush'], ['echo', 'more']]] as Step[][]) {
			const [first, second] = await ask(mode, [['header', line], ['echo', PAGE], ...more]);
			expect(first.body).toBe(more.length === 0 ? PAGE : `${PAGE}more`);
			expect(second?.body).toBe('the second');
			const answer = await askHttp2(session, server.target(mode, [['header', line], ['echo', PAGE], ...more]));
			expect(answer).toMatchObject({ body: first.body, code: 0 });
		}
		await server.logged(new RegExp(`were dropped: ${line.split(':')[0]} `), from);
	});

	test.each([
		'Connection: Content-Length, X-Kept',
		'Connection: upgrade',
		'Keep-Alive: timeout=1000',
		'Upgrade: websocket',
		'Proxy-Connection: close',
	])('%s: it is dropped with a warning', async (line) => {
		const from = server.igor.stderr.length;
		const [first, second] = await ask(mode, [
			['header', line],
			['header', 'X-Kept: 1'],
			['echo', PAGE],
		]);
		expect(first.headers).not.toContainEqual(line.toLowerCase().split(': '));
		expect([values(first, 'x-kept'), first.body, second?.body]).toEqual([['1'], PAGE, 'the second']);
		await server.logged(new RegExp(`were dropped: ${line.split(':')[0]} `), from);
		expect(
			await askHttp2(
				session,
				server.target(mode, [
					['header', line],
					['echo', PAGE],
				]),
			),
		).toMatchObject({ body: PAGE });
	});

	test('Connection: close: it is closed, and nothing of the next request is answered', async () => {
		const [first, second] = await ask(mode, [
			['header', 'Connection: close'],
			['echo', PAGE],
		]);
		expect([values(first, 'connection'), first.body, second]).toEqual([['close'], PAGE, undefined]);
	});

	test.each([
		['a space in the name', 'X A: 1'],
		['a control character in the name', 'X\x01A: 1'],
		['a byte above 7F in the name', 'X-\xe9: 1'],
		['no name', ': 1'],
		['a pseudo header', ':status: 204'],
		['no colon', 'nothing to see here'],
		['a slash in the name', 'X/A: 1'],
		['a control character in the value', 'X-B: a\x01b'],
		['an escape sequence in the value', 'X-B: \x1b[31m'],
		['DEL in the value', 'X-B: a\x7f'],
		['a control character in a cookie', 'Set-Cookie: secret=abc\x02'],
	])('a header with %s: it alone is dropped, with a warning without its value', async (_, line) => {
		for (const more of [[], [['flush'], ['echo', 'more']]] as Step[][]) {
			const from = server.igor.stderr.length;
			const steps: Step[] = [
				['header', 'X-Before: 1'],
				['header', line],
				['header', 'X-After: 2'],
				['echo', PAGE],
				...more,
			];
			const [first, second] = await ask(mode, steps);
			expect([first.status, values(first, 'x-before'), values(first, 'x-after')]).toEqual([200, ['1'], ['2']]);
			expect([first.body.startsWith(PAGE), second?.body]).toEqual([true, 'the second']);
			const warning = await server.logged(/were dropped: /, from);
			expect(warning).not.toContain('secret=abc');
			expect(await askHttp2(session, server.target(mode, steps))).toMatchObject({
				status: 200,
				body: first.body,
				headers: { 'x-before': '1', 'x-after': '2' },
				code: 0,
			});
		}
	});

	test('bytes above 7F in a value: they are sent, the last one too', async () => {
		const [first] = await ask(mode, [
			['header', 'X-Latin: voil\xc3\xa0'],
			['echo', PAGE],
		]);
		expect(values(first, 'x-latin')).toEqual(['voil\xc3\xa0']);
	});

	test('a field twice of which there may be one: the last one', async () => {
		const from = server.igor.stderr.length;
		const steps: Step[] = [
			['header', 'Location: /a'],
			['header', 'Location: /b'],
			['header', 'ETag: "1"'],
			['header', 'ETag: "2"'],
		];
		const [first] = await ask(mode, [...steps, ['echo', PAGE]]);
		expect([values(first, 'location'), values(first, 'etag'), first.body]).toEqual([['/b'], ['"2"'], PAGE]);
		await server.logged(/were dropped: Location, ETag \(there may be only one/, from);
		expect(await askHttp2(session, server.target(mode, [...steps, ['echo', PAGE]]))).toMatchObject({
			body: PAGE,
			code: 0,
		});
	});

	test('1,000 cookies: all are sent', async () => {
		const cookies = Array.from({ length: 1000 }, (_, i): Step => ['header', `Set-Cookie: c${i}=${i}`]);
		// Too long for a target.
		const steps: Step[] = [['many', 1000, 10], ...cookies.slice(0, 50), ['echo', PAGE]];
		const [first] = await ask(mode, steps);
		expect(values(first, 'set-cookie')).toHaveLength(50);
		expect(first.headers.filter(([name]) => name.startsWith('x-many-'))).toHaveLength(1000);
		const answer = await askHttp2(session, server.target(mode, steps));
		expect(answer).toMatchObject({ status: 200, body: PAGE, code: 0 });
		expect(answer.headers['set-cookie']).toHaveLength(50);
	});

	test.each([
		['a value of 1 MB', 1, 1_000_000],
		['10,000 headers', 10_000, 20],
	])('%s: what does not fit is dropped with a warning, the page is there', async (_, count, size) => {
		const from = server.igor.stderr.length;
		const steps: Step[] = [
			['many', count, size],
			['header', 'X-Small: 1'],
			['echo', PAGE],
		];
		const [first, second] = await ask(mode, steps);
		expect([first.status, values(first, 'x-small'), first.body]).toEqual([200, ['1'], PAGE]);
		expect(second?.body).toBe('the second');
		await server.logged(/were dropped: \d+ bytes are more than the \d+ that can be sent.*X-Many-/, from);
		expect(await askHttp2(session, server.target(mode, steps))).toMatchObject({ status: 200, body: PAGE, code: 0 });
	});

	test.each([
		[0, 200],
		[1, 500],
		[99, 500],
		[100, 200],
		[101, 200],
		[103, 200],
		[199, 200],
		[999, 999],
		[1000, 500],
		[100_000, 500],
	])('status %i: the client gets %i and the page', async (given, sent) => {
		for (const more of [[], [['flush']]] as Step[][]) {
			const steps: Step[] = [['status', given], ['echo', PAGE], ...more];
			const [first, second] = await ask(mode, steps);
			expect([first.status, first.body, second?.body]).toEqual([sent, PAGE, 'the second']);
			const { status, body, code } = await askHttp2(session, server.target(mode, steps));
			expect([status, body, code]).toEqual([sent > 599 ? 500 : sent, PAGE, 0]);
		}
	});

	test.each([
		['HTTP/1.1 101 Switching Protocols', 200, 'OK'],
		['HTTP/1.1 200 a\x01b', 200, 'OK'],
		['HTTP/1.1 404 Nicht da: \xfc', 404, 'Nicht da: \xfc'],
		['HTTP/1.1 1000 Much', 500, 'Internal Server Error'],
		['HTTP/1.0 299 ', 299, 'unknown'],
		['HTTP/9.9', 200, 'OK'],
	])('%j: the client gets %i %s', async (line, status, reason) => {
		const [first, second] = await ask(mode, [
			['header', line],
			['echo', PAGE],
		]);
		expect(first).toMatchObject({ status, reason, body: PAGE });
		expect(second?.body).toBe('the second');
	});

	test('odd headers with early hints: the hints are well-formed, and so is the page', async () => {
		const steps: Step[] = [
			['header', 'Link: </a.css>; rel=preload'],
			['header', 'X\x01A: 1'],
			['header', 'X-B: \x01'],
			['header', 'Content-Length: 3'],
			['hints'],
			['echo', PAGE],
		];
		const [first, second] = await ask(mode, steps);
		expect([first.status, first.body, second?.body]).toEqual([200, PAGE.slice(0, 3), 'the second']);
		expect(await askHttp2(session, server.target(mode, steps))).toMatchObject({ status: 200, body: PAGE.slice(0, 3) });
	});

	test('early hints to a client of HTTP/1.0: it gets the page alone', async () => {
		const target = server.target(mode, [['header', 'Link: </a.css>; rel=preload'], ['hints'], ['echo', PAGE]]);
		const received = await server.exchange(`GET ${target} HTTP/1.0\r\nHost: localhost\r\n\r\n`);
		expect(received).toMatch(/^HTTP\/1\.1 200 /);
		expect(received).not.toContain('103');
	});

	test.each<[string, Step[]]>([
		['at once', [['echo', 'short']]],
		['after a flush', [['echo', 'short'], ['flush']]],
		['by its time limit', [['echo', 'short'], ['flush'], ['spin']]],
	])('a body that ends %s before its length while a former answer is awaited: the connection ends', async (_, steps) => {
		const slow = server.target('classic', [
			['sleep', 2500],
			['echo', 'the slow one'],
		]);
		const short = server.target(mode, [['header', 'Content-Length: 20'], ...steps]);
		const ask = (target: string) => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
		const received = await server.exchange(ask(slow) + ask(short) + ask(server.target(mode, [['echo', 'the third']])));
		expect(received).toContain('the slow one');
		expect(received).not.toContain('the third');
	});

	test('a length, then finish_request(): it ends there, and is short if it is', async () => {
		const [right, second] = await ask(mode, [...announcing(PAGE.length, false), ['finish'], ['echo', 'nobody']]);
		expect([right.body, second?.body]).toEqual([PAGE, 'the second']);
		const [short] = await ask(mode, [...announcing(100, false), ['finish'], ['echo', 'nobody']]);
		expect(short).toMatchObject({ body: PAGE, isBroken: true });
	});

	test('a length, then an error that replaces the page: status 500, with the length of what there is', async () => {
		const [first, second] = await ask(mode, [['header', 'Content-Length: 1000'], ['echo', 'so far '], ['fatal']]);
		expect(first).toMatchObject({ status: 500, isBroken: false });
		expect(second?.body).toBe('the second');
	});

	test('the length of a page that it compresses afterwards: the page is there', async () => {
		const page = 'compress me '.repeat(100);
		const steps: Step[] = [
			['header', `Content-Length: ${page.length}`],
			['buffer', 'ob_gzhandler'],
			['echo', page],
		];
		const target = server.target(mode, steps);
		const answer = await fetch(`http://127.0.0.1:${server.httpPort}${target}`, {
			headers: { 'Accept-Encoding': 'gzip' },
		});
		expect([answer.headers.get('content-encoding'), await answer.text()]).toEqual(['gzip', page]);
	});

	test('a length that the compression of the site makes wrong: the page is there', async () => {
		const page = 'compress me '.repeat(100);
		const ofPage = server.target(mode, [
			['header', `Content-Length: ${page.length}`],
			['echo', page],
		]);
		const ofPart = server.target(mode, [
			['header', 'Content-Length: 600'],
			['echo', page.slice(0, 500)],
			['flush'],
			['echo', page.slice(500)],
		]);
		const get = (target: string) =>
			fetch(`http://127.0.0.1:${server.httpPort}${target}`, { headers: { 'Accept-Encoding': 'gzip' } });
		const whole = await get(ofPage);
		expect([whole.headers.get('content-encoding'), await whole.text()]).toEqual(['gzip', page]);
		expect(await (await get(ofPart)).text()).toBe(page.slice(0, 600));
		const short = get(
			server.target(mode, [
				['header', 'Content-Length: 5000'],
				['echo', page],
			]),
		);
		await expect(short.then((answer) => answer.text())).rejects.toThrow();
	});

	test('the length of a file that it reads: the file', async () => {
		const [first, second] = await ask(mode, [
			['header', 'Content-Length: 15'],
			['file', 'file.txt'],
		]);
		expect([first.body, second?.body]).toEqual(['the whole file\n', 'the second']);
	});

	test('odd headers beside X-Sendfile: the file is sent', async () => {
		const [first, second] = await ask(mode, [
			['header', 'X-Sendfile: file.txt'],
			['header', 'Content-Length: 3'],
			['header', 'Transfer-Encoding: chunked'],
			['header', 'X\x01A: 1'],
			['echo', PAGE],
		]);
		expect([first.status, first.body, second?.body]).toEqual([200, 'the whole file\n', 'the second']);
	});
});
