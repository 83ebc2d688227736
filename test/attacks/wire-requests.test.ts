import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanUp } from '../program/support/igor.ts';
import { parseStrictly } from './wire-support/strict-http1.ts';
import { askHttp2, type Mode, WireServer } from './wire-support/wire-server.ts';

const PROGRAMS = ['run', 'php-server'] as const;
const MODES: readonly Mode[] = ['classic', 'worker'];

let servers: WireServer[];
beforeAll(async () => {
	servers = [await WireServer.start('run'), await WireServer.start('php-server')];
}, 120_000);
afterAll(cleanUp);

/** Bytes of UTF-8, as they go over the wire. */
const RAW = Buffer.from('é€😀').toString('latin1');
const ESCAPED = '%C3%A9%E2%82%AC%F0%9F%98%80';

describe.each(PROGRAMS)('igor %s', (program) => {
	const server = (): WireServer => servers[PROGRAMS.indexOf(program)] as WireServer;
	/** What PHP sees of a request: Host, target, X-*, query. */
	const seen = (mode: Mode, query = ''): string => `${server().target(mode, [['server']])}${query}`;
	const close = 'Connection: close\r\n\r\n';

	describe('refuses with 400, a sentence and a line of the log', () => {
		test.each([
			['no Host', 'GET {t} HTTP/1.1\r\n\r\n', /no Host/],
			['two Hosts', 'GET {t} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', /more than one Host/],
			['the same Host twice', 'GET {t} HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n', /more than one Host/],
			['two Hosts in HTTP/1.0', 'GET {t} HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n', /more than one Host/],
			['two Hosts beside an authority', 'GET http://a{t} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', /more than one Host/],
			['a space in the Host', 'GET {t} HTTP/1.1\r\nHost: a b\r\n\r\n', /malformed/],
			['a path in the Host', 'GET {t} HTTP/1.1\r\nHost: a/b\r\n\r\n', /malformed/],
			['a user in the Host', 'GET {t} HTTP/1.1\r\nHost: u@a\r\n\r\n', /malformed/],
			['bytes above 7F in the Host', 'GET {t} HTTP/1.1\r\nHost: \xe9\r\n\r\n', /malformed/],
			['two ports', 'GET {t} HTTP/1.1\r\nHost: a:1:2\r\n\r\n', /malformed/],
			['a port that is none', 'GET {t} HTTP/1.1\r\nHost: a:99999\r\n\r\n', /malformed/],
			['half an escape in the Host', 'GET {t} HTTP/1.1\r\nHost: a%2\r\n\r\n', /malformed/],
			['half an IPv6 address', 'GET {t} HTTP/1.1\r\nHost: [::1\r\n\r\n', /malformed/],
			['an authority without a host', 'GET http://{t} HTTP/1.1\r\nHost: a\r\n\r\n', /names no host/],
			['a malformed authority', 'GET http://a@b{t} HTTP/1.1\r\nHost: a\r\n\r\n', /malformed/],
			['a target that is no path', 'GET index.php HTTP/1.1\r\nHost: a\r\n\r\n', /no HTTP request|no path|not belong/],
			[
				'another coding before "chunked"',
				'POST {t} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
				/"chunked"/,
			],
			[
				'a coding after "chunked"',
				'POST {t} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n',
				/no HTTP request/,
			],
			[
				'"chunked" in HTTP/1.0',
				'POST {t} HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
				/HTTP\/1\.0/,
			],
			[
				'"chunked" and a length',
				'POST {t} HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
				/no HTTP request/,
			],
			[
				'two lengths',
				'POST {t} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na',
				/no HTTP request/,
			],
			['a length with a sign', 'POST {t} HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na', /no HTTP request/],
			['a folded header', 'GET {t} HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n', /no HTTP request/],
			['a space before a colon', 'GET {t} HTTP/1.1\r\nHost: a\r\nX : a\r\n\r\n', /no HTTP request/],
			['a control character in a value', 'GET {t} HTTP/1.1\r\nHost: a\r\nX: a\x01\r\n\r\n', /no HTTP request/],
			['a control character in the query', 'GET {t}&\x01 HTTP/1.1\r\nHost: a\r\n\r\n', /escape it as %XX/],
			['bytes that are no HTTP', '\x16\x03\x01\x02\x00\x01', /no HTTP request/],
			['HTTP/2 without TLS', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', /no HTTP request/],
		])('%s', async (_, text, sentence) => {
			const from = server().igor.stderr.length;
			const received = await server().exchange(text.replace('{t}', seen('classic')));
			const [answer, ...more] = parseStrictly(received, ['GET', 'GET']);
			expect([answer?.status, more]).toEqual([400, []]);
			expect(answer?.body).toMatch(sentence);
			await server().logged(/A request was refused: /, from);
		});

		test('with 505: a request line that claims to be HTTP/2', async () => {
			const received = await server().exchange(`GET ${seen('classic')} HTTP/2.0\r\nHost: a\r\n\r\n`);
			expect(parseStrictly(received, ['GET'])[0]?.status).toBe(505);
		});

		test('the target *, which asks about the server as a whole', async () => {
			const received = await server().exchange('OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
			expect(parseStrictly(received, ['OPTIONS'])[0]?.status).toBe(400);
		});

		test('with 405: CONNECT', async () => {
			const received = await server().exchange('CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n');
			expect(parseStrictly(received, ['GET'])[0]?.status).toBe(405);
		});

		test('with 431: a head of 20 KB', async () => {
			const received = await server().exchange(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
			expect(parseStrictly(received, ['GET'])[0]?.status).toBe(431);
		});
	});

	describe.each(MODES)('in %s mode', (mode) => {
		const ask = async (text: string | readonly string[], count = 1) => {
			const answers = parseStrictly(await server().exchange(text), new Array(count).fill('GET'));
			return answers.map(({ status, body }) => [status, status === 200 ? JSON.parse(body) : body]);
		};

		test('the authority of the target wins over the Host', async () => {
			const target = seen(mode);
			const [[status, [host, uri]] = []] = await ask(
				`GET http://own.localhost:81${target} HTTP/1.1\r\nHost: other\r\n${close}`,
			);
			expect([status, host, uri]).toEqual([200, 'own.localhost:81', target]);
		});

		test('HTTP/1.0 needs no Host, and may have an authority', async () => {
			const [[status, [host]] = []] = await ask(`GET ${seen(mode)} HTTP/1.0\r\n\r\n`);
			expect([status, host]).toEqual([200, '']);
			const [[, [named]] = []] = await ask(`GET http://own.localhost${seen(mode)} HTTP/1.0\r\n\r\n`);
			expect(named).toBe('own.localhost');
		});

		test.each([
			'localhost',
			'LOCALHOST:80',
			'127.0.0.1:',
			'[::1]:8080',
			'[fe80::1%25eth0]',
			'a_b.localhost',
			'xn--e1afmkfd',
		])('%s is a Host', async (host) => {
			const [[status, [given]] = []] = await ask(`GET ${seen(mode)} HTTP/1.1\r\nHost: ${host}\r\n${close}`);
			expect([status, given]).toEqual([200, host]);
		});

		test('bytes of UTF-8 in a query are escaped, as a browser would', async () => {
			const [[status, [, uri, , query]] = []] = await ask(
				`GET ${seen(mode, `&q=${RAW}`)} HTTP/1.1\r\nHost: a\r\n${close}`,
			);
			expect([status, query.q]).toEqual([200, 'é€😀']);
			expect(uri).toBe(seen(mode, `&q=${ESCAPED}`));
		});

		test('so are those in a path', async () => {
			const target = seen(mode).replace('.php?', `.php/${RAW}?`);
			const [[status, [, uri]] = []] = await ask(`GET ${target} HTTP/1.1\r\nHost: a\r\n${close}`);
			expect([status, uri]).toEqual([200, target.replace(RAW, ESCAPED)]);
		});

		test('on a connection that goes on: each request has its own answer, also pipelined', async () => {
			const one = (query: string, last = false) =>
				`GET ${seen(mode, query)} HTTP/1.1\r\nHost: a\r\n${last ? close : '\r\n'}`;
			const requests = [
				one('&n=1'),
				one(`&n=2${RAW}`),
				one('&n=3'),
				one(`&n=4${RAW}`),
				one(`&n=5${RAW}`),
				one('&n=6', true),
			];
			const expected = ['1', '2é€😀', '3', '4é€😀', '5é€😀', '6'];
			for (const sent of [requests.join(''), requests]) {
				const answers = await ask(sent, 6);
				expect(answers.map(([, [, , , query]]) => query.n)).toEqual(expected);
			}
		});

		test('also when its line comes in pieces, and with a body', async () => {
			const [[status, [, , , query]] = []] = await ask([
				`POST ${seen(mode, '&q=\xc3')}`,
				'\xa9 HTT',
				'P/1.1\r\nHost: a\r\nContent-Length: 4\r\nConnection: close\r\n\r\nab',
				'cd',
			]);
			expect([status, query.q]).toEqual([200, 'é']);
		});

		test('a mistake behind a good request is answered after it', async () => {
			const good = `GET ${seen(mode)} HTTP/1.1\r\nHost: a\r\n\r\n`;
			const answers = await ask(`${good}${good}GARBAGE\r\n\r\n`, 3);
			expect(answers.map(([status]) => status)).toEqual([200, 200, 400]);
		});

		test('names of headers that PHP would make other ones are dropped', async () => {
			const fields = 'X.Real.Ip: evil\r\nX_Real_Ip: evil\r\nX-Real-Ip: good\r\nX-Real.Ip: evil\r\n';
			const [[, [, , headers]] = []] = await ask(`GET ${seen(mode)} HTTP/1.1\r\nHost: a\r\n${fields}${close}`);
			expect(headers).toEqual({ HTTP_X_REAL_IP: 'good' });
		});
	});
});

describe('HTTP/2', () => {
	const server = (): WireServer => servers[0] as WireServer;

	test.each(MODES)('in %s mode: :authority wins over Host; dots are dropped; UTF-8 in the path', async (mode) => {
		const session = server().http2();
		const target = `${server().target(mode, [['server']])}&q=${RAW}`;
		const answer = await askHttp2(session, target, { ':authority': 'localhost', host: 'evil', 'x.real.ip': 'evil' });
		expect(answer).toMatchObject({ status: 200, code: 0 });
		const [host, , headers, query] = JSON.parse(answer.body);
		expect([answer.status, host, headers, query.q]).toEqual([200, 'localhost', [], 'é€😀']);
		session.close();
	});

	test('an :authority that is none is a 400', async () => {
		const session = server().http2();
		for (const authority of ['a/b', 'u@a', 'a:1:2']) {
			const answer = await askHttp2(session, '/', { ':authority': authority });
			// The library may have refused the stream before us.
			expect([400, 0]).toContain(answer.status);
		}
		session.close();
	});

	test('200 headers get to PHP', async () => {
		const session = server().http2();
		const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`x-many-${i}`, String(i)]));
		const answer = await askHttp2(session, server().target('classic', [['server']]), many);
		expect(Object.keys(JSON.parse(answer.body)[2])).toHaveLength(200);
		session.close();
	});

	test('HTTP/1.1 over TLS: the same rules', async () => {
		const { connect } = await import('node:tls');
		const ask = (text: string): Promise<string> =>
			new Promise((resolve, reject) => {
				let received = '';
				const options = {
					port: server().httpsPort,
					host: '127.0.0.1',
					servername: 'localhost',
					rejectUnauthorized: false,
				};
				const socket = connect({ ...options, ALPNProtocols: ['http/1.1'] }, () => socket.write(text, 'latin1'));
				socket.setEncoding('latin1').on('data', (chunk: string) => {
					received += chunk;
				});
				socket.on('error', reject).on('close', () => resolve(received));
			});
		const one = (query: string, more = '') =>
			`GET ${server().target('classic', [['server']])}${query} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
		const text = `${one('&q=1')}${one(`&q=${RAW}`)}${one('&q=3', 'Connection: close\r\n')}`;
		const answers = parseStrictly(await ask(text), ['GET', 'GET', 'GET']);
		expect(answers.map(({ body }) => JSON.parse(body)[3].q)).toEqual(['1', 'é€😀', '3']);
		expect(parseStrictly(await ask('GET / HTTP/1.1\r\n\r\n'), ['GET'])[0]?.status).toBe(400);
		expect(parseStrictly(await ask('GARBAGE\r\n\r\n'), ['GET'])[0]?.status).toBe(400);
	});
});
