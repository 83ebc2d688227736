import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { type Answer, type Question, VERSIONS } from '../../../static/support/serve.ts';
import { ALL, accepting, decoded, encoding, LONG } from './encode-support.ts';

describe.each(VERSIONS)('encode, %s', (version) => {
	async function ask(line: string, handle: (response: ServerResponse) => void, question: Question): Promise<Answer> {
		await using server = await encoding(version, line, handle);
		return await server.ask(question);
	}

	describe('which encoding', () => {
		test.each([
			[ALL, 'gzip', 'gzip'],
			[ALL, 'gzip, br, zstd', 'zstd'],
			// What browsers send: all the same to them, so the directive decides.
			[ALL, 'gzip, deflate, br, zstd', 'zstd'],
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
			[ALL, 'identity, gzip;q=0.5', undefined],
		])('%j for a client that takes %j: %s', async (line, accepted, expected) => {
			const handle = (response: ServerResponse): void => {
				response.setHeader('Content-Type', 'text/plain');
				response.end(LONG);
			};
			const answer = await ask(line, handle, accepting(accepted));
			expect(answer.headers['content-encoding']).toBe(expected);
			expect(answer.headers.vary).toBe('Accept-Encoding');
			expect(decoded(answer)).toBe(LONG);
		});
	});

	describe('what is left alone', () => {
		type Sent = { line?: string; status?: number; headers?: Record<string, string>; type?: string; body?: string };
		const cases: Record<string, Sent> = {
			'a short text with its length': { headers: { 'Content-Length': '2' }, body: 'hi' },
			'a short text in one piece': { body: 'hi' },
			'a picture': { type: 'image/png' },
			'a picture with its length': { type: 'image/png', headers: { 'Content-Length': String(LONG.length) } },
			'what has no type': { type: '' },
			'what is encoded': { headers: { 'Content-Encoding': 'x' } },
			'no-transform': { headers: { 'Cache-Control': 'public, no-transform' } },
			'a part': { status: 206, headers: { 'Content-Range': 'bytes 0-1/3' } },
			'304': { status: 304, body: '' },
			'204': { status: 204, body: '' },
			'nothing at all': { body: '' },
			'another status': { line: 'encode gzip {\nmatch status 404\n}' },
			'another type': { line: 'encode gzip {\nmatch header Content-Type application/*\n}' },
		};
		test.each(Object.entries(cases))('%s', async (_what, sent) => {
			const { line = ALL, status = 200, headers = {}, type = 'text/plain; charset=utf-8', body = LONG } = sent;
			const handle = (response: ServerResponse): void => {
				response.statusCode = status;
				if (type !== '') response.setHeader('Content-Type', type);
				for (const [name, value] of Object.entries({ ETag: '"tag"', ...headers })) response.setHeader(name, value);
				response.end(body);
			};
			const answer = await ask(line, handle, accepting('gzip, br, zstd'));
			expect(answer.status).toBe(status);
			expect(answer.headers['content-encoding']).toBe(headers['Content-Encoding']);
			expect(answer.headers.etag).toBe('"tag"');
			expect(answer.body.toString()).toBe(body);
			// The same Vary as the 200 that it stands for.
			if (status === 304) expect(answer.headers.vary).toBe('Accept-Encoding');
			// A body in one piece keeps its length.
			if (version === 'HTTP/1.1' && body !== '') expect(answer.headers['content-length']).toBe(String(body.length));
		});
	});

	test('match replaces the list of types', async () => {
		const line = 'encode gzip {\nmatch header Content-Type image/*\n}';
		const handle = (response: ServerResponse): void => {
			response.setHeader('Content-Type', 'image/png');
			response.end(LONG);
		};
		const answer = await ask(line, handle, accepting('gzip'));
		expect(answer.headers['content-encoding']).toBe('gzip');
		expect(decoded(answer)).toBe(LONG);
	});

	describe('the head', () => {
		const fields = (vary: string): string[] => [
			...['Content-Type', 'application/json', 'Content-Length', String(LONG.length), 'ETag', '"tag"'],
			...['Accept-Ranges', 'bytes', 'Vary', vary, 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'],
		];
		const page =
			(vary: string) =>
			(response: ServerResponse): void => {
				response.writeHead(200, fields(vary));
				response.end(LONG);
			};

		test.each(['zstd', 'br', 'gzip'])('says what is sent: %s, no length, a weak tag, no ranges', async (name) => {
			const answer = await ask(ALL, page('Origin'), accepting(name));
			expect(answer.headers).toMatchObject({ etag: 'W/"tag"', 'content-encoding': name });
			expect(answer.headers.vary).toMatch(/^Origin, ?Accept-Encoding$/);
			expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
			expect(answer.headers).not.toHaveProperty('content-length');
			expect(answer.headers).not.toHaveProperty('accept-ranges');
			expect(decoded(answer)).toBe(LONG);
		});

		test('may come as an object', async () => {
			const handle = (response: ServerResponse): void => {
				response.writeHead(200, { 'content-type': 'text/css', 'content-length': LONG.length });
				response.end(LONG);
			};
			const answer = await ask(ALL, handle, accepting('gzip'));
			expect(answer.headers['content-encoding']).toBe('gzip');
			expect(answer.headers).not.toHaveProperty('content-length');
			expect(decoded(answer)).toBe(LONG);
		});

		test('Vary is not repeated', async () => {
			const { headers } = await ask(ALL, page('Origin, accept-encoding'), accepting('gzip'));
			expect(headers.vary).toBe('Origin, accept-encoding');
		});

		test('HEAD has the length of what there is', async () => {
			const answer = await ask(ALL, page('Origin'), { ...accepting('gzip'), method: 'HEAD' });
			expect(answer.status).toBe(200);
			expect(answer.headers.vary).toMatch(/^Origin, ?Accept-Encoding$/);
			expect(answer.headers['content-length']).toBe(String(LONG.length));
			expect(answer.body).toHaveLength(0);
		});
	});
});
