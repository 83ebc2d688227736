import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request as plainRequest, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { brotliDecompressSync, createGunzip, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { encodeResponse } from '../../src/platform/node/http/encode.ts';
import type { HttpResponse } from '../../src/platform/node/http/http-messages.ts';
import { beforeHead } from '../../src/platform/node/http/response-hooks.ts';
import { directives } from '../caddyfile/support.ts';
import {
	type Answer,
	type Ask,
	ask,
	askTwo,
	type Handle,
	handler,
	open,
	portOf,
	session,
	site,
} from '../listeners/support.ts';
import { eventually } from '../support/eventually.ts';

type Directive = Parameters<typeof encodeResponse>[2];

const LONG = 'a long text that is worth it. '.repeat(100);
const ALL = 'encode zstd br gzip';

function encoding(lines: string, handle: Handle): ReturnType<typeof handler> {
	const [directive] = directives(lines) as Directive[];
	return handler((request, response, client) => {
		encodeResponse(request, response, directive as Directive);
		handle(request, response, client);
	});
}

async function server(lines: string, handle: (response: ServerResponse) => void): Promise<number> {
	const by = encoding(lines, (_request, response) => handle(response as ServerResponse));
	return portOf(await open([site('http://:0 {\n}', by)]));
}

function get(port: number, accepted: string | undefined, more: Partial<Ask> = {}): Promise<Answer> {
	return ask({ port, headers: accepted === undefined ? {} : { 'Accept-Encoding': accepted }, ...more });
}

/** As text, whatever it was sent as. */
function decoded({ headers, body }: Answer): string {
	const decode = { gzip: gunzipSync, br: brotliDecompressSync, zstd: zstdDecompressSync };
	const name = headers['content-encoding'] as keyof typeof decode | undefined;
	return (name === undefined ? body : decode[name](body)).toString();
}

describe('which encoding', () => {
	test.each([
		[ALL, 'gzip', 'gzip'],
		[ALL, 'gzip, br, zstd', 'zstd'],
		[ALL, 'gzip, deflate, br', 'br'],
		['encode gzip br', 'br, gzip', 'gzip'],
		[ALL, 'gzip;q=1, br;q=0.5, zstd;q=0.1', 'gzip'],
		[ALL, '*', 'zstd'],
		[ALL, 'zstd;q=0, *', 'br'],
		['encode', 'br, gzip', 'gzip'],
		['encode {\ngzip 9\n}', 'gzip', 'gzip'],
		['encode {\nbr 11\n}', 'br', 'br'],
		['encode {\nzstd fastest\n}', 'zstd', 'zstd'],
		[ALL, 'GZIP', 'gzip'],
		[ALL, undefined, undefined],
		[ALL, '', undefined],
		[ALL, 'identity', undefined],
		[ALL, 'deflate', undefined],
		[ALL, 'gzip;q=0', undefined],
		[ALL, 'gzip;q=0.5, identity', undefined],
	])('%j for a client that takes %j: %s', async (lines, accepted, expected) => {
		const port = await server(lines, (response) => {
			response.setHeader('Content-Type', 'text/plain');
			response.end(LONG);
		});
		const answer = await get(port, accepted);
		expect(answer.headers['content-encoding']).toBe(expected);
		expect(answer.headers.vary).toBe('Accept-Encoding');
		expect(decoded(answer)).toBe(LONG);
	});
});

describe('what is left alone', () => {
	const cases: [string, string, (response: ServerResponse) => void][] = [
		['a short text with its length', ALL, (response) => response.setHeader('Content-Length', 2).end('hi')],
		['a short text in one piece', ALL, (response) => response.end('hi')],
		['a picture', ALL, (response) => response.setHeader('Content-Type', 'image/png').end(LONG)],
		['what has no type', ALL, (response) => response.removeHeader('Content-Type') ?? response.end(LONG)],
		['what is encoded', ALL, (response) => response.setHeader('Content-Encoding', 'x').end(LONG)],
		['no-transform', ALL, (response) => response.setHeader('Cache-Control', 'public, no-transform').end(LONG)],
		['a part', ALL, (response) => response.writeHead(206, { 'Content-Range': 'bytes 0-1/3' }).end(LONG)],
		['304', ALL, (response) => response.writeHead(304).end()],
		['204', ALL, (response) => response.writeHead(204).end()],
		['another status', 'encode gzip {\nmatch status 404\n}', (response) => response.end(LONG)],
		['another type', 'encode gzip {\nmatch header Content-Type application/*\n}', (response) => response.end(LONG)],
	];
	test.each(cases)('%s', async (_what, lines, handle) => {
		const port = await server(lines, (response) => {
			response.setHeader('Content-Type', 'text/plain; charset=utf-8');
			response.setHeader('ETag', '"tag"');
			handle(response);
		});
		const answer = await get(port, 'gzip, br, zstd');
		expect(['x', undefined]).toContain(answer.headers['content-encoding']);
		expect(answer.headers.etag).toBe('"tag"');
		expect(['hi', LONG, '']).toContain(answer.text);
	});

	test('a body in one piece keeps its length', async () => {
		const port = await server(ALL, (response) => void response.setHeader('Content-Type', 'image/png').end(LONG));
		expect((await get(port, 'gzip')).headers['content-length']).toBe(String(LONG.length));
	});

	test('an answer without a body', async () => {
		const port = await server(ALL, (response) => void response.setHeader('Content-Type', 'text/plain').end());
		expect(await get(port, 'gzip')).toMatchObject({ status: 200, text: '' });
	});
});

describe('the header', () => {
	test('says what is sent: no length, a weak tag, no ranges', async () => {
		const port = await server(ALL, (response) => {
			response.writeHead(200, {
				'content-type': 'application/json',
				'content-length': LONG.length,
				etag: '"tag"',
				'accept-ranges': 'bytes',
				vary: 'Origin',
			});
			response.end(LONG);
		});
		const answer = await get(port, 'gzip');
		expect(answer.headers).toMatchObject({
			etag: 'W/"tag"',
			'content-encoding': 'gzip',
			vary: 'Origin, Accept-Encoding',
		});
		expect(answer.headers['content-length']).toBeUndefined();
		expect(answer.headers['accept-ranges']).toBeUndefined();
		expect(decoded(answer)).toBe(LONG);
	});

	test('Vary is not repeated, and HEAD has the length of what there is', async () => {
		const port = await server(ALL, (response) => {
			response.writeHead(200, {
				'Content-Type': 'text/css',
				'Content-Length': LONG.length,
				Vary: 'Origin, accept-encoding',
			});
			response.end(LONG);
		});
		expect((await get(port, 'gzip')).headers.vary).toBe('Origin, accept-encoding');
		const head = await get(port, 'gzip', { method: 'HEAD' });
		expect(head).toMatchObject({ status: 200, text: '' });
		expect(head.headers['content-length']).toBe(String(LONG.length));
	});
});

describe('a stream', () => {
	test.each([
		'zstd',
		'br',
		'gzip',
	])('in %s: a piece reaches the client before the next one is written', async (name) => {
		const responses: ServerResponse[] = [];
		const port = await server(ALL, (response) => {
			responses.push(response);
			response.writeHead(200, { 'Content-Type': 'text/event-stream' });
			response.write('data: 1\n\n');
		});
		const request = plainRequest({ port, host: '127.0.0.1', headers: { 'Accept-Encoding': name } }).end();
		const [response] = (await once(request, 'response')) as [IncomingMessage];
		expect(response.headers['content-encoding']).toBe(name);
		const [first] = (await once(response, 'data')) as [Buffer];
		expect(first.byteLength).toBeGreaterThan(0);
		responses[0]?.write('data: 2\n\n');
		const [second] = (await once(response, 'data')) as [Buffer];
		const rest: Buffer[] = [];
		response.on('data', (chunk) => rest.push(chunk));
		responses[0]?.end('data: 3\n\n');
		await once(response, 'end');
		const body = Buffer.concat([first, second, ...rest]);
		expect(decoded({ headers: response.headers, body } as unknown as Answer)).toBe('data: 1\n\ndata: 2\n\ndata: 3\n\n');
	});

	test('a slow reader holds the writer up', async () => {
		const total = 64 * 1024 * 1024;
		let written = 0;
		let full = false;
		const port = await server('encode gzip', (response) => {
			response.writeHead(200, { 'Content-Type': 'text/plain' });
			const chunk = randomBytes(64 * 1024);
			const more = (): void => {
				full = false;
				while (written < total && !full) {
					written += chunk.byteLength;
					full = !response.write(chunk);
				}
				if (written >= total) response.end();
			};
			response.on('drain', more);
			more();
		});
		const client = connect(port, '127.0.0.1');
		onTestFinished(() => void client.destroy());
		client.pause();
		client.write('GET / HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n');
		// It comes to a standstill: nothing more is written for a while.
		let before = -1;
		await eventually(
			'a standstill',
			async () => {
				before = written;
				await new Promise((resolve) => setTimeout(resolve, 300));
				return written > 0 && written === before;
			},
			25,
		);
		expect(written).toBeLessThan(total / 2);
		client.resume();
		await eventually('all to be written', () => written >= total, 25);
	});

	test('a large body is complete', async () => {
		const body = randomBytes(3_000_000).toString('base64');
		const port = await server('encode gzip', (response) => {
			response.setHeader('Content-Type', 'text/plain');
			response.write(body.slice(0, 100));
			response.end(body.slice(100));
		});
		expect(decoded(await get(port, 'gzip')) === body).toBe(true);
	});

	test('ends with the client', async () => {
		let response: ServerResponse | undefined;
		const port = await server('encode gzip', (each) => {
			if (response !== undefined) {
				each.end('next');
				return;
			}
			response = each;
			each.writeHead(200, { 'Content-Type': 'text/plain' });
			each.write(LONG);
		});
		const request = plainRequest({ port, host: '127.0.0.1', headers: { 'Accept-Encoding': 'gzip' } }).end();
		request.on('error', () => {});
		const [incoming] = (await once(request, 'response')) as [IncomingMessage];
		incoming.on('error', () => {});
		const closed = once(response as ServerResponse, 'close');
		request.destroy();
		await closed;
		// Who has not noticed yet harms nobody.
		response?.write(LONG);
		response?.end(LONG);
		expect((await get(port, undefined)).text).toBe('next');
	});

	test('callbacks of write and end are called', async () => {
		const called: string[] = [];
		const port = await server('encode gzip', (response) => {
			response.setHeader('Content-Type', 'text/plain');
			response.write(LONG, () => called.push('write'));
			response.end(LONG, 'utf8', () => called.push('end'));
		});
		expect(decoded(await get(port, 'gzip'))).toBe(LONG + LONG);
		await eventually('both callbacks', () => called.length === 2);
		expect(called).toEqual(['write', 'end']);
	});
});

describe('HTTP/2', () => {
	async function secure(handle: (response: ServerResponse) => void): Promise<ReturnType<typeof session>> {
		const by = encoding(ALL, (_request, response) => handle(response as ServerResponse));
		return session(portOf(await open([site('https://:0 {\n}', by)]), 'https'));
	}

	test('is compressed, too', async () => {
		const client = await secure((response) => {
			response.setHeader('Content-Type', 'text/html');
			response.setHeader('Content-Length', LONG.length);
			response.end(LONG);
		});
		for (const name of ['zstd', 'br', 'gzip']) {
			const answer = await askTwo(client, { 'accept-encoding': name });
			expect(answer.headers).toMatchObject({ 'content-encoding': name, vary: 'Accept-Encoding' });
			expect(decoded(answer)).toBe(LONG);
		}
		expect(decoded(await askTwo(client, {}))).toBe(LONG);
		expect(await askTwo(client, { 'accept-encoding': 'gzip', ':method': 'HEAD' })).toMatchObject({ text: '' });
	});

	test('streams, and several cookies stay several', async () => {
		let response: ServerResponse | undefined;
		const client = await secure((each) => {
			response = each;
			each.setHeader('Set-Cookie', ['a=1', 'b=2']);
			each.writeHead(200, { 'Content-Type': 'text/plain' });
			each.write('first ');
		});
		const stream = client.request({ ':path': '/', 'accept-encoding': 'gzip' });
		const [headers] = await once(stream, 'response');
		expect(headers['set-cookie']).toEqual(['a=1', 'b=2']);
		const text = stream.pipe(createGunzip());
		const [first] = await once(text, 'data');
		expect(String(first)).toBe('first ');
		const rest = once(text, 'data');
		response?.end('second');
		expect(String((await rest)[0])).toBe('second');
		await once(text, 'end');
	});

	test('ends with the client', async () => {
		let response: ServerResponse | undefined;
		const client = await secure((each) => {
			response = each;
			each.writeHead(200, { 'Content-Type': 'text/plain' });
			each.write(LONG);
		});
		const stream = client.request({ ':path': '/', 'accept-encoding': 'gzip' });
		stream.on('error', () => {});
		await once(stream, 'response');
		const closed = once(response as ServerResponse, 'close');
		stream.close(8);
		await closed;
		response?.write(LONG);
		response?.end();
	});
});

describe('what changes a head before it is sent', () => {
	type Plain = ServerResponse;
	async function both(handle: (response: Plain) => void): Promise<[Answer, Answer]> {
		const by = handler((_request, response: HttpResponse) => handle(response as Plain));
		const listeners = await open([site('http://:0 {\n}', by), site('https://:0 {\n}', by)]);
		const one = await ask({ port: portOf(listeners) });
		return [one, await askTwo(session(portOf(listeners, 'https')), {})];
	}

	test('the last that was added runs first, and sees what it is about', async () => {
		const seen: string[] = [];
		const answers = await both((response) => {
			beforeHead(response, (head) => {
				seen.push(`outer ${head.status}`);
				head.headers.push('X-Order', 'outer');
			});
			beforeHead(response, (head) => {
				head.status = 201;
				head.headers.push('X-Order', 'inner');
			});
			response.end('body');
		});
		for (const answer of answers) {
			expect(answer).toMatchObject({ status: 201, text: 'body' });
			expect(String(answer.headers['x-order']).replace(/,\s*/, ', ')).toBe('inner, outer');
		}
		expect(seen).toEqual(['outer 201', 'outer 201']);
	});

	test.each<[string, (response: Plain) => void]>([
		[
			'set before',
			(response) => {
				response.setHeader('Set-Cookie', ['a=1', 'b=2']);
				response.end();
			},
		],
		['an object', (response) => response.writeHead(200, { 'Set-Cookie': ['a=1', 'b=2'] }).end()],
		['a reason, too', (response) => response.writeHead(200, 'Fine', { 'Set-Cookie': ['a=1', 'b=2'] }).end()],
		[
			'replaced',
			(response) => {
				response.setHeader('set-cookie', 'c=3');
				response.writeHead(200, { 'Set-Cookie': ['a=1', 'b=2'] });
				response.end();
			},
		],
	])('several cookies: %s', async (_what, handle) => {
		for (const answer of await both((response) => {
			beforeHead(response, () => {});
			handle(response);
		})) {
			expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
		}
	});

	test('informational heads are left alone', async () => {
		const [one] = await both((response) => {
			beforeHead(response, (head) => head.headers.push('X-A', '1'));
			if ('writeEarlyHints' in response) response.writeEarlyHints({ link: '</a.css>; rel=preload; as=style' });
			response.end('body');
		});
		expect(one).toMatchObject({ status: 200, text: 'body' });
		expect(one.headers['x-a']).toBe('1');
	});
});
