import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { normalisePath } from '../../src/http/request-path.ts';
import { serveFile } from '../../src/platform/node/http/serve-file.ts';
import type { FileServerOptions } from '../../src/site/request/file-serving.ts';
import {
	type Answer,
	type Ask,
	ask,
	askTwo,
	handler,
	open,
	portOf,
	session,
	site,
	temporaryFolder,
} from '../platform/node/listeners/support.ts';

const TEXT = '0123456789'.repeat(10);
let root: string;

beforeEach(() => {
	root = temporaryFolder();
	const outside = temporaryFolder();
	writeFileSync(join(outside, 'secret.txt'), 'secret');
	for (const folder of ['docs', 'empty', '.well-known', '.git', 'a b']) mkdirSync(join(root, folder));
	writeFileSync(join(root, 'a.txt'), TEXT);
	writeFileSync(join(root, 'app.js'), 'script');
	writeFileSync(join(root, 'app.js.gz'), gzipSync('script'));
	writeFileSync(join(root, 'app.js.br'), 'as if brotli');
	writeFileSync(join(root, 'unknown.zzzz'), 'x');
	writeFileSync(join(root, 'docs', 'index.html'), '<h1>Docs</h1>');
	writeFileSync(join(root, 'docs', 'page.html'), 'page');
	writeFileSync(join(root, 'index.php'), '<?php');
	writeFileSync(join(root, '.env'), 'PASSWORD');
	writeFileSync(join(root, '.git', 'config'), 'x');
	writeFileSync(join(root, '.well-known', 'security.txt'), 'mail');
	writeFileSync(join(root, 'a b', 'ü%#?.txt'), 'odd');
	writeFileSync(join(root, 'empty', '<img src=x onerror=alert(1)>&"\'.txt'), 'x');
	writeFileSync(join(root, 'empty', '10.txt'), 'x'.repeat(2048));
	writeFileSync(join(root, 'empty', '9:x.txt'), 'x');
	writeFileSync(join(root, 'empty', '.hidden'), 'x');
	writeFileSync(join(root, 'empty', 'source.php'), '<?php');
	mkdirSync(join(root, 'empty', 'zz'));
	symlinkSync(join(outside, 'secret.txt'), join(root, 'out.txt'));
	symlinkSync(outside, join(root, 'out'));
	symlinkSync('a.txt', join(root, 'in.txt'));
	symlinkSync('index.php', join(root, 'photo.jpg'));
	symlinkSync('.env', join(root, 'env.txt'));
});

type Given = Partial<FileServerOptions> & { readonly prefix?: string; readonly before?: Record<string, string> };

/** Serves the folder; what is not there is 404, other errors are told in the body. */
function files({ prefix = '', before = {}, ...given }: Given = {}): ReturnType<typeof handler> {
	return handler((request, response) => {
		const plain = response as ServerResponse;
		const [originalPath = '/', query = ''] = (request.url ?? '/').split('?');
		const path = normalisePath(originalPath.slice(prefix.length) || '/');
		const options: FileServerOptions = {
			root,
			hide: [],
			index: ['index.html'],
			browse: false,
			precompressed: [],
			canonicalUris: true,
			...given,
		};
		for (const [name, value] of Object.entries(before)) plain.setHeader(name, value);
		const fail = (status: number, headers: readonly string[] = []): void => {
			plain.writeHead(status, [...headers]).end(`failed ${status}`);
		};
		if (path === undefined) fail(400);
		else if (!serveFile(request, response, { path, originalPath, query }, options, fail)) plain.writeHead(404).end();
	});
}

async function server(given: Given = {}): Promise<(path: string, more?: Partial<Ask>) => Promise<Answer>> {
	const listeners = await open([site('http://:0 {\n}', files(given))]);
	const port = portOf(listeners);
	return (path, more = {}) => ask({ port, path, ...more });
}

describe('a file', () => {
	test('has a type, a length, a date and a tag', async () => {
		const get = await server();
		const answer = await get('/a.txt');
		expect(answer).toMatchObject({ status: 200, text: TEXT });
		expect(answer.headers).toMatchObject({
			'content-type': 'text/plain; charset=utf-8',
			'content-length': '100',
			'accept-ranges': 'bytes',
		});
		expect(answer.headers.etag).toMatch(/^".+"$/);
		expect(Date.parse(String(answer.headers['last-modified']))).not.toBeNaN();
		expect(answer.headers['cache-control']).toBeUndefined();
		expect((await get('/app.js')).headers['content-type']).toMatch(/^text\/javascript/);
		expect((await get('/docs/page.html')).headers['content-type']).toBe('text/html; charset=utf-8');
	});

	test('is not sent again to who has it', async () => {
		const get = await server();
		const { headers } = await get('/a.txt');
		const etag = String(headers.etag);
		const modified = String(headers['last-modified']);
		for (const condition of [{ 'If-None-Match': etag }, { 'If-None-Match': '*' }, { 'If-Modified-Since': modified }]) {
			const answer = await get('/a.txt', { headers: condition });
			expect(answer).toMatchObject({ status: 304, text: '' });
			expect(answer.headers.etag).toBe(etag);
		}
		expect((await get('/a.txt', { headers: { 'If-None-Match': '"other"' } })).status).toBe(200);
		expect((await get('/a.txt', { headers: { 'If-Match': '"other"' } })).status).toBe(412);
		const early = { 'If-Unmodified-Since': new Date(0).toUTCString() };
		expect((await get('/a.txt', { headers: early })).status).toBe(412);
	});

	test('is sent in parts', async () => {
		const get = await server();
		const part = await get('/a.txt', { headers: { Range: 'bytes=5-8' } });
		expect(part).toMatchObject({ status: 206, text: '5678' });
		expect(part.headers).toMatchObject({ 'content-range': 'bytes 5-8/100', 'content-length': '4' });
		expect((await get('/a.txt', { headers: { Range: 'bytes=-3' } })).text).toBe('789');
		expect((await get('/a.txt', { headers: { Range: 'bytes=98-' } })).text).toBe('89');
		const beyond = await get('/a.txt', { headers: { Range: 'bytes=200-300' } });
		expect(beyond.status).toBe(416);
		expect(beyond.headers['content-range']).toBe('bytes */100');
		// Other units, and a part of a file that has changed since: all of it.
		expect((await get('/a.txt', { headers: { Range: 'lines=1-2' } })).text).toBe(TEXT);
		const changed = { Range: 'bytes=5-8', 'If-Range': new Date(0).toUTCString() };
		expect(await get('/a.txt', { headers: changed })).toMatchObject({ status: 200, text: TEXT });
	});

	test('HEAD has the same header and no body, other methods are not allowed', async () => {
		const get = await server();
		const head = await get('/a.txt', { method: 'HEAD' });
		expect(head).toMatchObject({ status: 200, text: '' });
		expect(head.headers['content-length']).toBe('100');
		for (const path of ['/a.txt', '/docs/']) {
			const post = await get(path, { method: 'POST', body: 'x' });
			expect(post).toMatchObject({ status: 405, text: 'failed 405' });
			expect(post.headers.allow).toBe('GET, HEAD');
		}
	});

	test('may have any name', async () => {
		const get = await server();
		expect((await get(`/${encodeURIComponent('a b')}/${encodeURIComponent('ü%#?.txt')}`)).text).toBe('odd');
		expect((await get('/in.txt')).text).toBe(TEXT);
		expect((await get('/unknown.zzzz')).status).toBe(200);
	});

	test('with another status: nothing is conditional about an error', async () => {
		const get = await server({ status: 404 });
		const { headers } = await get('/a.txt');
		const condition = { Range: 'bytes=1-2', 'If-None-Match': String(headers.etag) };
		expect(await get('/a.txt', { headers: condition })).toMatchObject({ status: 404, text: TEXT });
	});

	test('by HTTP/2', async () => {
		const listeners = await open([site('https://:0 {\n}', files())]);
		const client = session(portOf(listeners, 'https'));
		const whole = await askTwo(client, { ':path': '/a.txt' });
		expect(whole).toMatchObject({ status: 200, text: TEXT });
		expect(whole.headers).toMatchObject({ 'content-length': '100', 'content-type': 'text/plain; charset=utf-8' });
		const condition = { 'if-none-match': String(whole.headers.etag) };
		expect(await askTwo(client, { ':path': '/a.txt', ...condition })).toMatchObject({ status: 304, text: '' });
		expect(await askTwo(client, { ':path': '/a.txt', range: 'bytes=5-8' })).toMatchObject({
			status: 206,
			text: '5678',
		});
		expect((await askTwo(client, { ':path': '/a.txt', range: 'bytes=500-' })).status).toBe(416);
		expect(await askTwo(client, { ':path': '/a.txt', ':method': 'HEAD' })).toMatchObject({ status: 200, text: '' });
		expect((await askTwo(client, { ':path': '/docs' })).headers.location).toBe('/docs/');
		expect((await askTwo(client, { ':path': '/none' })).status).toBe(404);
	});
});

describe('what is as if it were not there', () => {
	test.each([
		'/none.txt',
		'/index.php',
		'/photo.jpg',
		'/.env',
		'/env.txt',
		'/.git/config',
		'/.git/',
		'/out.txt',
		'/out/',
		'/out/secret.txt',
		'/empty/',
		'/a.txt/b',
		'/..%2f..%2fetc/passwd',
	])('%s', async (path) => {
		const get = await server();
		expect([400, 404]).toContain((await get(path)).status);
	});

	test('/.well-known is the exception', async () => {
		const get = await server();
		expect((await get('/.well-known/security.txt')).text).toBe('mail');
	});

	test('what is hidden: names, patterns, paths, and what is in them', async () => {
		const get = await server({ hide: ['*.js', 'page.html', join(root, 'empty'), join(root, 'a.t*')], browse: true });
		for (const path of ['/app.js', '/docs/page.html', '/empty/10.txt', '/empty/', '/a.txt', '/in.txt']) {
			expect((await get(path)).status, path).toBe(404);
		}
		expect((await get('/docs/')).status).toBe(200);
		const { text } = await get('/', { headers: { Accept: 'application/json' } });
		expect(JSON.parse(text).map(({ name }: { name: string }) => name)).not.toContain('empty/');
	});
});

describe('a folder', () => {
	test('has its index, at the path with the slash', async () => {
		const get = await server();
		expect((await get('/docs/')).text).toBe('<h1>Docs</h1>');
		const redirect = await get('/docs?a=b');
		expect(redirect.status).toBe(308);
		expect(redirect.headers.location).toBe('/docs/?a=b');
		const file = await get('/docs/page.html/?a=b');
		expect(file.status).toBe(308);
		expect(file.headers.location).toBe('/docs/page.html?a=b');
		expect((await get('//docs')).headers.location).toBe('/docs/');
	});

	test('is not redirected when that is switched off, or a rewrite has led there', async () => {
		expect((await (await server({ canonicalUris: false }))('/docs')).text).toBe('<h1>Docs</h1>');
		const listeners = await open([
			site(
				'http://:0 {\n}',
				handler((request, response) => {
					const target = { path: '/docs', originalPath: '/other', query: '' };
					const options = {
						root,
						hide: [],
						index: ['index.html'],
						browse: false,
						precompressed: [],
						canonicalUris: true,
					};
					serveFile(request, response, target, options, () => {});
				}),
			),
		]);
		expect((await ask({ port: portOf(listeners), path: '/other' })).text).toBe('<h1>Docs</h1>');
	});

	test('a redirect keeps the prefix that was taken away', async () => {
		const get = await server({ prefix: '/static' });
		expect((await get('/static/docs?x')).headers.location).toBe('/static/docs/?x');
	});

	test('is listed: names are text, whatever they contain', async () => {
		const get = await server({ browse: true });
		const page = await get('/empty/');
		expect(page.status).toBe(200);
		expect(page.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', vary: 'Accept' });
		expect(page.text).not.toContain('<img');
		expect(page.text).toContain('&#60;img src=x onerror=alert(1)&#62;&#38;&#34;&#39;.txt');
		expect(page.text).toContain('href="./%3Cimg%20src%3Dx');
		expect(page.text).toContain('href="./9%3Ax.txt"');
		expect(page.text).toContain('2.0 KiB');
		expect(page.text).toContain('href="../"');
		expect(page.text).not.toMatch(/\.hidden|source\.php/);
		expect((await get('/')).text).not.toMatch(/href="\.\.\/"|\.env|out|index\.php|photo/);
		expect((await get('/empty')).headers.location).toBe('/empty/');
		expect(await get('/empty/', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
		expect((await get('/docs/')).text).toBe('<h1>Docs</h1>');
	});

	test('is listed as JSON, folders first, numbers in order', async () => {
		const get = await server({ browse: true });
		const answer = await get('/empty/', { headers: { Accept: 'application/json' } });
		expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
		const entries = JSON.parse(answer.text);
		expect(entries.map(({ name }: { name: string }) => name)).toEqual([
			'zz/',
			'<img src=x onerror=alert(1)>&"\'.txt',
			'9:x.txt',
			'10.txt',
		]);
		expect(entries.at(-1)).toEqual({
			name: '10.txt',
			size: 2048,
			url: './10.txt',
			mod_time: expect.stringMatching(/^\d{4}-/),
			is_dir: false,
		});
	});
});

describe('precompressed files', () => {
	test('are sent to who takes them, in the order of the configuration', async () => {
		const get = await server({ precompressed: ['br', 'gzip'] });
		const brotli = await get('/app.js', { headers: { 'Accept-Encoding': 'gzip, br' } });
		expect(brotli.text).toBe('as if brotli');
		expect(brotli.headers).toMatchObject({ 'content-encoding': 'br', vary: 'Accept-Encoding' });
		expect(brotli.headers['content-type']).toMatch(/^text\/javascript/);
		const gzip = await get('/app.js', { headers: { 'Accept-Encoding': 'gzip, br;q=0.5' } });
		expect(gzip.body).toEqual(gzipSync('script'));
		const plain = await get('/app.js');
		expect(plain).toMatchObject({ text: 'script' });
		expect(plain.headers).toMatchObject({ vary: 'Accept-Encoding' });
		expect(new Set([brotli, gzip, plain].map(({ headers }) => headers.etag)).size).toBe(3);
		const none = await get('/a.txt', { headers: { 'Accept-Encoding': 'gzip' } });
		expect(none.text).toBe(TEXT);
		expect(none.headers['content-encoding']).toBeUndefined();
		expect((await get('/app.js', { headers: { 'Accept-Encoding': 'gzip;q=0, br;q=0' } })).text).toBe('script');
	});

	test('Vary that is there already stays', async () => {
		const get = await server({ precompressed: ['gzip'], browse: true, before: { Vary: 'Origin' } });
		expect((await get('/app.js')).headers.vary).toBe('Origin, Accept-Encoding');
		expect((await get('/empty/')).headers.vary).toBe('Origin, Accept');
	});

	test('an error says nothing of an encoding', async () => {
		const get = await server({ precompressed: ['gzip'] });
		const headers = { 'Accept-Encoding': 'gzip', Range: 'bytes=9999-' };
		const answer = await get('/app.js', { headers });
		expect(answer).toMatchObject({ status: 416, text: 'failed 416' });
		expect(answer.headers['content-encoding']).toBeUndefined();
	});
});
