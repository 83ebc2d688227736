import type { ServerResponse } from 'node:http';
import { brotliDecompressSync, createGunzip, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { AdaptedDirective } from '../../src/caddyfile/config.ts';
import { encodeResponse } from '../../src/platform/node/http/encode.ts';
import { type Handler, type Question, TestServer, VERSIONS } from './support/serve.ts';

type Encode = Extract<AdaptedDirective, { type: 'encode' }>;

const DIRECTIVE: Encode = {
	type: 'encode',
	encodings: [{ name: 'zstd' }, { name: 'br' }, { name: 'gzip' }],
	minimumLength: 512,
	position: { file: 'Caddyfile', line: 1, column: 1 },
} as unknown as Encode;
const TEXT = 'All work and no play makes Jack a dull boy. '.repeat(100);
const HTML = ['Content-Type', 'text/html; charset=utf-8'];

const page =
	(headers: readonly string[] = HTML, status = 200, body = TEXT): Handler =>
	(_request, response) => {
		(response as ServerResponse).writeHead(status, [...headers, 'Content-Length', String(body.length)]);
		response.end(body);
	};

describe.each(VERSIONS)('encode, %s', (version) => {
	const open = (handler: Handler, directive: Partial<Encode> = {}) =>
		new TestServer(version, (request, response) => {
			encodeResponse(request, response, { ...DIRECTIVE, ...directive });
			handler(request, response);
		}).open();
	const ask = async (handler: Handler, question: Question, directive?: Partial<Encode>) => {
		await using server = await open(handler, directive);
		return await server.ask(question);
	};
	const accepting = (encodings: string): Question => ({ headers: { 'accept-encoding': encodings } });

	it.each([
		['zstd', zstdDecompressSync],
		['br', brotliDecompressSync],
		['gzip', gunzipSync],
	])('%s', async (name, decompress) => {
		const answer = await ask(page([...HTML, 'ETag', '"a"', 'Accept-Ranges', 'bytes']), accepting(name));
		expect(answer.headers).toMatchObject({ 'content-encoding': name, vary: 'Accept-Encoding', etag: 'W/"a"' });
		expect(answer.headers).not.toHaveProperty('content-length');
		expect(answer.headers).not.toHaveProperty('accept-ranges');
		expect(decompress(answer.body).toString()).toBe(TEXT);
	});

	it.each([
		// What browsers send: all the same to them, so the directive decides.
		['gzip, deflate, br, zstd', 'zstd'],
		['gzip, br', 'br'],
		['gzip;q=1, zstd;q=0.5', 'gzip'],
		['zstd;q=0, *', 'br'],
		['identity, gzip;q=0.5', undefined],
		['deflate', undefined],
		['', undefined],
	])('Accept-Encoding: %s', async (accepted, chosen) => {
		const { headers } = await ask(page(), accepting(accepted));
		expect(headers['content-encoding']).toBe(chosen);
		expect(headers.vary).toBe('Accept-Encoding');
	});

	it.each<[string, Handler, Question?]>([
		['pictures', page(['Content-Type', 'image/png'])],
		['what is short', page(HTML, 200, 'short')],
		['what is compressed', page([...HTML, 'Content-Encoding', 'x'])],
		['Cache-Control: no-transform', page([...HTML, 'Cache-Control', 'public, no-transform'])],
		['ranges', page(HTML, 206)],
		[
			'a short body that end() gets',
			(_, response) => {
				response.setHeader('Content-Type', 'text/plain');
				response.end('short');
			},
		],
	])('leaves alone %s', async (_, handler) => {
		const answer = await ask(handler, accepting('gzip'));
		expect(answer.headers['content-encoding']).not.toBe('gzip');
		expect(answer.headers['content-length'] ?? answer.body.length).not.toBe(0);
		expect(['short', TEXT]).toContain(answer.body.toString());
	});

	it('names the length of a body that end() gets and that stays as it is', async () => {
		const handler: Handler = (_, response) => {
			response.setHeader('Content-Type', 'text/plain');
			response.end('short');
		};
		const { headers, body } = await ask(handler, accepting('gzip'));
		expect(body.toString()).toBe('short');
		if (version === 'HTTP/1.1') expect(headers['content-length']).toBe('5');
	});

	it('an empty answer, 204 and 304 have no body', async () => {
		for (const status of [200, 204, 304]) {
			const answer = await ask((_, response) => {
				(response as ServerResponse).writeHead(status, HTML);
				response.end();
			}, accepting('gzip'));
			expect(answer.status).toBe(status);
			if (status !== 200) expect(answer.body).toHaveLength(0);
			// The same Vary as the 200 that it stands for.
			if (status === 304) expect(answer.headers.vary).toBe('Accept-Encoding');
		}
	});

	it('HEAD', async () => {
		const answer = await ask(page(), { ...accepting('gzip'), method: 'HEAD' });
		expect(answer).toMatchObject({ status: 200, headers: { vary: 'Accept-Encoding' } });
		expect(answer.body).toHaveLength(0);
	});

	it('keeps the Vary that is there', async () => {
		const { headers } = await ask(page([...HTML, 'Vary', 'Cookie']), accepting('gzip'));
		expect(headers.vary).toMatch(/^Cookie, ?Accept-Encoding$/i);
		expect((await ask(page([...HTML, 'Vary', 'accept-encoding']), accepting('gzip'))).headers.vary).toBe(
			'accept-encoding',
		);
	});

	it('match replaces the list of types', async () => {
		const match = { statuses: ['2xx' as const], headers: [{ name: 'content-type', values: ['image/*'] }] };
		const png = page(['Content-Type', 'image/png']);
		expect((await ask(png, accepting('gzip'), { match })).headers['content-encoding']).toBe('gzip');
		expect((await ask(page(), accepting('gzip'), { match })).headers).not.toHaveProperty('content-encoding');
	});

	it.each(['zstd', 'br', 'gzip'])('an event reaches the client before the next one is written: %s', async (name) => {
		const events = ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n'];
		let writeNext = () => {};
		await using server = await open((_, response) => {
			(response as ServerResponse).writeHead(200, ['Content-Type', 'text/event-stream']);
			const rest = [...events];
			writeNext = () => {
				const event = rest.shift();
				if (event === undefined) response.end();
				else (response as ServerResponse).write(event);
			};
			writeNext();
		});
		// Each chunk that arrives asks for the next: held back, nothing would ever come.
		const answer = await server.ask({ ...accepting(name), onChunk: () => writeNext() });
		const decompress = { zstd: zstdDecompressSync, br: brotliDecompressSync, gzip: gunzipSync }[name]!;
		expect(decompress(answer.body).toString()).toBe(events.join(''));
	});

	it("a writer that waits for 'drain' gets everything across", async () => {
		const chunk = Buffer.alloc(100_000);
		for (let at = 0; at < chunk.length; at++) chunk[at] = (at * 7919 * (at % 251)) % 256;
		let waits = 0;
		const answer = await ask((_, plain) => {
			const response = plain as ServerResponse;
			response.writeHead(200, HTML);
			let left = 50;
			const more = () => {
				while (left > 0) {
					left--;
					if (!response.write(chunk)) {
						waits++;
						response.once('drain', more);
						return;
					}
				}
				response.end();
			};
			more();
		}, accepting('gzip'));
		expect(waits).toBeGreaterThan(0);
		expect(gunzipSync(answer.body).length).toBe(50 * chunk.length);
	});

	it('a client that leaves ends the response', async () => {
		const closed = Promise.withResolvers<void>();
		await using server = await open((_, response) => {
			(response as ServerResponse).writeHead(200, HTML);
			(response as ServerResponse).write(TEXT);
			response.on('close', closed.resolve);
		});
		const asked = server.ask({ ...accepting('gzip'), onChunk: (_chunk, leave) => leave() });
		await expect(asked).rejects.toThrow();
		await closed.promise;
	});
});

it('what has been flushed can be decompressed without the end', async () => {
	await using server = await new TestServer('HTTP/1.1', (request, response) => {
		encodeResponse(request, response, DIRECTIVE);
		(response as ServerResponse).writeHead(200, HTML);
		(response as ServerResponse).write('the first line\n');
	}).open();
	const gunzip = createGunzip();
	const text = new Promise<string>((resolve) => gunzip.once('data', (data) => resolve(String(data))));
	const asked = server.ask({
		headers: { 'accept-encoding': 'gzip' },
		onChunk: (chunk, leave) => {
			gunzip.write(chunk);
			void text.then(leave);
		},
	});
	expect(await text).toBe('the first line\n');
	await expect(asked).rejects.toThrow();
});
