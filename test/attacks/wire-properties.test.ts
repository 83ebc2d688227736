import type { ClientHttp2Session } from 'node:http2';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanUp } from '../program/support/igor.ts';
import { parseStrictly } from './wire-support/strict-http1.ts';
import { askHttp2, type Mode, type Step, WireServer } from './wire-support/wire-server.ts';

/*
 * Whatever a script says in its headers: a strict client finds the end of the response, what it reads is what was
 * printed, and the next request on the connection gets its own answer.
 */

const PROGRAMS = ['run', 'php-server'] as const;

let servers: WireServer[];
let session: ClientHttp2Session;
beforeAll(async () => {
	servers = [await WireServer.start('run'), await WireServer.start('php-server')];
	session = (servers[0] as WireServer).http2();
}, 120_000);
afterAll(async () => {
	session?.close();
	await cleanUp();
});

const MODES: readonly Mode[] = ['classic', 'worker'];

const name = fc.oneof(
	fc.constantFrom(
		...[
			'Content-Length',
			'content-length',
			'CONTENT-LENGTH',
			'Transfer-Encoding',
			'Connection',
			'Keep-Alive',
			'Trailer',
		],
		...['Upgrade', 'TE', 'Date', 'Content-Type', 'Content-Encoding', 'Set-Cookie', 'Location', 'ETag', 'Vary', 'Host'],
		...['X-A', 'X_A', 'x.a', 'X A', 'X\x01', '', ' ', ':status', ':path', '__proto__', 'constructor', 'Status', 'HTTP'],
		...[
			'Proxy-Connection',
			'HTTP2-Settings',
			'Content-Range',
			'Link',
			'Expect',
			'X-\xff',
			'(X)',
			'X"',
			'X\t',
			'Server',
		],
	),
	fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 6 }),
);
const value = fc.oneof(
	fc.constantFrom(
		...['', ' ', '0', '5', ' 5 ', '+5', '-5', '0x5', '5,5', '5, 5', '5.0', '1e3', '99', '1000', '9007199254740993'],
		...['chunked', 'gzip, chunked', 'identity', 'close', 'keep-alive', 'upgrade', 'Content-Length', 'trailers', 'gzip'],
		...['\x00', '\x01', 'a\x0bb', '\x7f', '\t', '\xa0', '\xc3\xa0', 'a: b', '"', '\x1b]0;x\x07', 'h2c', 'text/plain'],
	),
	fc.integer({ min: 0, max: 60 }).map(String),
	fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 20 }),
);
/** PHP itself refuses line breaks and NUL. */
const header = fc
	.tuple(name, value, fc.boolean())
	.map(([left, right, replaces]): Step => ['header', `${left}: ${right}`, replaces]);
const step: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 6, arbitrary: header },
	{
		weight: 4,
		arbitrary: fc
			.constantFrom('abcde', 'x', '', '0\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n')
			.map((text): Step => ['echo', text]),
	},
	{ weight: 2, arbitrary: fc.constant<Step>(['flush']) },
	{
		weight: 1,
		arbitrary: fc
			.constantFrom(0, 1, 99, 100, 101, 103, 200, 201, 204, 205, 206, 304, 404, 500, 599, 600, 999, 1000)
			.map((status): Step => ['status', status]),
	},
	{
		weight: 1,
		arbitrary: fc
			.constantFrom('HTTP/1.1 204 No', 'HTTP/1.1 404 \x01', 'HTTP/1.1 101 Up', 'HTTP/1.0 200', 'HTTP/')
			.map((line): Step => ['header', line]),
	},
	{
		weight: 1,
		arbitrary: fc.constantFrom<Step>(
			['hints'],
			['finish'],
			['remove', 'Content-Length'],
			['header', 'Link: </a>; rel=preload'],
		),
	},
	{ weight: 1, arbitrary: fc.constant<Step>(['file', 'file.txt']) },
);
const script = fc.array(step, { maxLength: 12 });

/** What a script prints, as long as somebody reads it. */
function printed(steps: readonly Step[]): string {
	let text = '';
	for (const one of steps) {
		if (one[0] === 'finish') break;
		if (one[0] === 'echo') text += one[1];
		if (one[0] === 'file') text += 'the whole file\n';
	}
	return text;
}

describe.each(MODES)('a script in %s mode that sends any headers', { timeout: 120_000 }, (mode) => {
	test.each(
		PROGRAMS,
	)('HTTP/1.1 of %s: the response has one end, and the next request its own answer', async (program) => {
		const server = servers[PROGRAMS.indexOf(program)] as WireServer;
		let count = 0;
		await fc.assert(
			fc.asyncProperty(
				script,
				fc.constantFrom('GET', 'HEAD', 'POST'),
				fc.constantFrom('1.1', '1.0'),
				async (steps, method, version) => {
					const own = `answer ${++count}`;
					const first = `${method} ${server.target(mode, steps)} HTTP/${version}\r\nHost: localhost\r\n${version === '1.0' ? 'Connection: keep-alive\r\n' : ''}Content-Length: 0\r\n\r\n`;
					const second = `GET ${server.target(mode, [['echo', own]])} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
					const received = await server.exchange(first + second);
					const [response, next] = parseStrictly(received, [method, 'GET']);
					if (response === undefined) throw new Error('There was no response.');
					const text = printed(steps);
					expect(text.startsWith(response.body)).toBe(true);
					const length = response.headers.find(([field]) => field === 'content-length')?.[1];
					const hasBody = method !== 'HEAD' && ![204, 205, 304].includes(response.status);
					// All of it, unless it had announced a length.
					if (hasBody && !response.isBroken) {
						expect(response.body).toBe(length === undefined ? text : text.slice(0, Number(length)));
					}
					const isClosed = response.headers.some(([field, content]) => field === 'connection' && content === 'close');
					if (response.isBroken) expect(response.body).toBe(text);
					else if (!isClosed) expect(next).toMatchObject({ status: 200, body: own });
				},
			),
			{ numRuns: 300 },
		);
	});

	test('HTTP/2: the stream ends as it should, or as an error; the session goes on', async () => {
		const server = servers[0] as WireServer;
		let count = 0;
		await fc.assert(
			fc.asyncProperty(script, async (steps) => {
				const own = `answer ${++count}`;
				const [answer, next] = await Promise.all([
					askHttp2(session, server.target(mode, steps)),
					askHttp2(session, server.target(mode, [['echo', own]])),
				]);
				expect(next).toMatchObject({ status: 200, body: own, code: 0 });
				const text = printed(steps);
				expect(text.startsWith(answer.body)).toBe(true);
				const length = Number(answer.headers['content-length'] ?? Number.NaN);
				if (answer.code === 0 && ![204, 205, 304].includes(answer.status)) {
					expect(answer.body).toBe(Number.isNaN(length) ? text : text.slice(0, length));
				} else if (answer.code !== 0) expect(length).toBeGreaterThan(text.length);
			}),
			{ numRuns: 300 },
		);
		expect(session.destroyed).toBe(false);
	});
});
