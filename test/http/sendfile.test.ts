import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Logger } from '../../src/log/logger.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { serveSite } from '../site/serve-site.ts';
import { folderWith, type Script, serveStub } from './stub-application.ts';

const HEADERS = [
	'Content-Type',
	'text/x-php',
	'Content-Disposition',
	'attachment',
	'Set-Cookie',
	'a=1',
	'Set-Cookie',
	'b=2',
];

/** PHP that names a file: whole, or with a body that is being printed. */
const naming =
	(header: string, file: string, streaming = false): Script =>
	(_request, sink) => {
		const headers = [...HEADERS, header, file, 'Content-Length', '3'];
		setImmediate(() => {
			if (!streaming) {
				sink.complete(200, undefined, headers, 'php');
				return;
			}
			sink.head(200, undefined, headers);
			sink.write(Buffer.from('php'));
			sink.end();
		});
		return undefined;
	};

describe.each([
	['X-Accel-Redirect', '/private/d%C3%A9.bin', false],
	['X-Accel-Redirect', 'private/dé.bin'.replace('é', '%c3%a9'), true],
	['x-accel-redirect', '/private/d%C3%A9.bin?x=1', false],
	['X-Sendfile', 'ROOT/private/dé.bin', false],
	['X-Sendfile', 'ROOT/private/dé.bin', true],
])('%s: %s', (header, file, streaming) => {
	const serve = async () => {
		const root = folderWith({ 'index.php': '', 'private/dé.bin': '0123456789' });
		const name = Buffer.from(file.replace('ROOT', root)).toString('latin1');
		return serveStub(naming(header, name, streaming), { root });
	};

	test('the file is sent with the headers of PHP', async () => {
		const server = await serve();
		for (const answer of [await fetch(server.url), await server.fetch('/')]) {
			expect(answer.status).toBe(200);
			expect(await answer.text()).toBe('0123456789');
			expect(answer.headers.get('content-type')).toBe('text/x-php');
			expect(answer.headers.get('content-disposition')).toBe('attachment');
			expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
			expect(answer.headers.get('content-length')).toBe('10');
			expect(answer.headers.has('x-sendfile') || answer.headers.has('x-accel-redirect')).toBe(false);
			expect(answer.headers.has('etag')).toBe(true);
		}
	});

	test('ranges, conditions, HEAD, also after a POST', async () => {
		const server = await serve();
		const part = await fetch(server.url, { headers: { range: 'bytes=2-4' } });
		expect([part.status, await part.text()]).toEqual([206, '234']);
		const post = await fetch(server.url, { method: 'POST', body: 'x' });
		expect([post.status, await post.text()]).toEqual([200, '0123456789']);
		const head = await fetch(server.url, { method: 'HEAD' });
		expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
	});
});

describe('files that PHP may not have sent', () => {
	const outside = folderWith({ 'secret.txt': 'SECRET' });

	test.each([
		['X-Accel-Redirect', '/../secret.txt'],
		['X-Accel-Redirect', '/%2e%2e/secret.txt'],
		['X-Accel-Redirect', '/a/..%5c..%5csecret.txt'],
		['X-Accel-Redirect', '/none.txt'],
		['X-Accel-Redirect', '/index.php'],
		['X-Accel-Redirect', '/%zz'],
		['X-Accel-Redirect', '/.env'],
		['X-Accel-Redirect', ''],
		['X-Sendfile', join(outside, 'secret.txt')],
		['X-Sendfile', 'ROOT/../secret.txt'],
		['X-Sendfile', 'ROOT'],
		['X-Sendfile', '/etc/passwd'],
	])('%s: %s is 404, without the headers of PHP, and in the log', async (header, file) => {
		const errors: string[] = [];
		const log: Logger = { ...silentLogger, error: (message) => errors.push(message) };
		const root = folderWith({ 'index.php': '', '.env': 'SECRET' });
		const site = await serveSite('php_server', {
			log,
			scope: { root },
			script: naming(header, file.replace('ROOT', root)),
		});
		const answer = await site.ask('/');
		expect(answer).toMatchObject({ status: 404, body: '404 Not Found\n' });
		expect(answer.headers).not.toHaveProperty('content-disposition');
		expect(answer.headers).not.toHaveProperty('set-cookie');
		expect(errors).toHaveLength(1);
	});

	test('folders of the scope beside the root may have some', async () => {
		const root = folderWith({ 'index.php': '' });
		const script = naming('X-Sendfile', join(outside, 'secret.txt'));
		const server = await serveStub(script, { root, visiblePaths: [root, outside] });
		expect(await (await fetch(server.url)).text()).toBe('SECRET');
		const site = await serveSite('header X-Site yes\nphp_server', { scope: { root, folders: [outside] }, script });
		expect(await site.ask('/')).toMatchObject({ body: 'SECRET', headers: { 'x-site': 'yes' } });
	});

	test('a script that goes on is not stopped when its client has the file', async () => {
		const done = Promise.withResolvers<string>();
		const hasFile = Promise.withResolvers<void>();
		const root = folderWith({ 'index.php': '' });
		mkdirSync(join(root, 'p'));
		writeFileSync(join(root, 'p/a.txt'), 'file');
		const server = await serveStub(
			(_request, sink) => {
				setImmediate(() => sink.head(200, undefined, ['X-Accel-Redirect', '/p/a.txt']));
				hasFile.promise.then(() => {
					sink.write(Buffer.from('more'));
					sink.end();
					done.resolve('ended');
				});
				return { abort: () => done.resolve('aborted') };
			},
			{ root },
		);
		expect(await (await fetch(server.url)).text()).toBe('file');
		// Whatever the end of the answer has led to has happened when another request has been answered.
		expect((await fetch(`${server.url}/p/nothing.txt`, { method: 'OPTIONS' })).status).toBeGreaterThan(0);
		hasFile.resolve();
		expect(await done.promise).toBe('ended');
	});
});
