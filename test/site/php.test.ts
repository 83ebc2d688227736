import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COUNT_BODY, raw } from '../http/stub-application.ts';
import { ECHO, type ServedSite, type SiteSetup, serveSite } from './serve-site.ts';

const FILES = {
	'public/index.php': '',
	'public/about.php': '',
	'public/app/index.php': '',
	'public/style.css': 'body {}',
	'public/page.phtml': '',
};

const echo = (directives: string, setup: SiteSetup = {}) =>
	serveSite(directives, { files: FILES, script: ECHO, ...setup });

async function asked({ ask }: ServedSite, path: string): Promise<Record<string, unknown> | string | number> {
	const { status, headers, body } = await ask(path);
	return headers['x-php'] ? JSON.parse(body) : headers.location || (status === 200 ? body : status);
}

describe('php_server', () => {
	test('REQUEST_URI is what the client sent, routing goes by what rewrites have made of it', async () => {
		const site = await echo('root .\nhandle_path /blog/* {\n rewrite /public{path}?a=1\n php_server\n}', {});
		expect(await asked(site, '/blog/about.php/x%20y?q=2')).toMatchObject({
			requestUri: '/blog/about.php/x%20y?q=2',
			queryString: 'a=1',
			scriptName: '/public/about.php',
			pathInfo: '/x y',
			scriptFilename: join(site.folder, 'public/about.php'),
			documentRoot: site.folder,
			remoteAddress: '203.0.113.7',
			remotePort: 1234,
			serverName: 'site.test',
		});
		// The redirect names the path that the client knows.
		expect(await asked(site, '/blog/app?x=1')).toBe('/blog/app/?x=1');
		expect(await asked(site, '/blog/style.css')).toBe('body {}');
	});

	test('index, split_path, file_server off', async () => {
		const scope = { workers: new Map([['/public/about.php', 2]]) };
		const off = await echo(
			'handle /a/* {\n uri strip_prefix /a\n php_server {\n index off\n }\n}\nphp_server {\n index public/about.php\n}',
			{ scope },
		);
		expect(await asked(off, '/a/public/about.php')).toMatchObject({ scriptName: '/public/about.php', worker: 2 });
		expect(await asked(off, '/a/public/app/')).toBe(404);
		expect(await asked(off, '/a/public/style.css')).toBe('body {}');
		expect(await asked(off, '/a/none')).toBe(404);
		expect(await asked(off, '/none')).toMatchObject({ scriptName: '/public/about.php' });

		const split = await echo('php_server {\n split_path .phtml\n index public/page.phtml\n}');
		expect(await asked(split, '/public/page.phtml/x')).toMatchObject({
			scriptName: '/public/page.phtml',
			pathInfo: '/x',
		});
		expect(await asked(split, '/none')).toMatchObject({ scriptName: '/public/page.phtml' });
		// PHP sources are never sent as text, whatever their ending.
		expect(await asked(split, '/public/about.php')).toBe(404);

		const alone = await echo('php_server {\n file_server off\n index public/index.php\n}');
		expect(await asked(alone, '/public/style.css')).toMatchObject({ scriptName: '/public/index.php' });
		expect(await asked(alone, '/public/about.php')).toMatchObject({ scriptName: '/public/about.php' });
		const none = await echo('route {\n php_server {\n file_server off\n index off\n }\n respond after\n}');
		expect(await asked(none, '/public/about.php')).toMatchObject({ scriptName: '/public/about.php' });
		expect(await asked(none, '/public/style.css')).toBe('after');
	});

	test('try_files of its own', async () => {
		const site = await echo(
			`root public
			handle_path /strict/* {
				php_server {
					try_files {path} {path}/index.php =404
				}
			}
			php_server {
				try_files {path} {path}.css index.php
			}`,
			{ root: 'public' },
		);
		expect(await asked(site, '/style')).toBe('body {}');
		expect(await asked(site, '/about.php/x%20y?q')).toMatchObject({
			scriptName: '/about.php',
			pathInfo: '/x y',
			queryString: 'q',
			requestUri: '/about.php/x%20y?q',
		});
		expect(await asked(site, '/none/at/all?q')).toMatchObject({ scriptName: '/index.php', queryString: 'q' });
		expect(await asked(site, '/strict/none')).toBe(404);
		expect(await asked(site, '/strict/app?x=1')).toBe('/strict/app/?x=1');
		expect(await asked(site, '/strict/app/')).toMatchObject({ scriptName: '/app/index.php' });
	});

	test('env of a worker is one for all requests', async () => {
		await expect(echo('php_server {\n worker index.php {\n env H {system.hostname}\n }\n}')).rejects.toThrow(
			"'env H' of a worker cannot depend on a request, as {system.hostname} does; write it in the 'php_server' itself",
		);
	});

	test('env of the site may depend on the request', async () => {
		const site = await echo(
			'map {path} {kind} {\n /none page\n}\nvars tenant ü{host}\nphp_server {\n index public/index.php\n env A {host}\n env B {env.HOME}\n env C "<{env.NONE}{query.q}>{unknown!}"\n env D {kind}\n env E {vars.tenant}\n env F `{"a": {path}}`\n env G \\{host\\}\n}',
		);
		expect(await asked(site, '/none?q=%C3%A4%00b')).toMatchObject({
			variables: ['A', 'site.test', 'C', '<äb>{unknown!}', 'D', 'page', 'E', 'üsite.test', 'F', '{"a": /none}'],
		});
	});

	test('braces that are no placeholder of a request are text in env', async () => {
		await echo(`php_server {\n env A \`{"a": 1}\`\n env B {env.HOME}{x}\n}`);
	});

	test('try_files with {path}: the root itself is no file', async () => {
		const site = await echo('root public\nphp_server {\n try_files {path} index.php\n}', { root: 'public' });
		expect(await asked(site, '/')).toMatchObject({ scriptName: '/index.php', requestUri: '/' });
		expect(await asked(site, '/app/')).toMatchObject({ scriptName: '/index.php' });
		expect(await asked(site, '/style.css')).toBe('body {}');
	});

	test('a file has no path with a slash behind it, which a matcher would let pass', async () => {
		const guarded = '@s path /style.css\nrespond @s "guarded" 403\n';
		const scope = { workerMatches: [{ patterns: ['/*'], worker: 1, script: '/elsewhere/worker.php' }] };
		const sites = [
			await echo(`root public\n${guarded}php_server`, { root: 'public' }),
			await echo(`root public\n${guarded}php_server {\n try_files {path} index.php\n}`, { root: 'public' }),
			await echo(`root public\n${guarded}file_server`),
			await echo(`root public\n${guarded}php_server`, { root: 'public', scope }),
		];
		for (const site of sites) {
			expect(await asked(site, '/style.css')).toBe(403);
			expect(await asked(site, '/style.css/?x=1')).toBe('/style.css?x=1');
			expect(await asked(site, '/style.css//')).toBe('/style.css');
		}
		const plain = await echo(`root public\n${guarded}file_server {\n disable_canonical_uris\n}`);
		expect(await asked(plain, '/style.css/')).toBe(404);
		const inside = await echo(`${guarded}rewrite /x* /public/style.css/\nphp_server`);
		expect(await asked(inside, '/xy')).toBe(404);
		const prefixed = await echo(`handle_path /a/* {\n root public\n ${guarded} php_server\n}`, { root: 'public' });
		expect(await asked(prefixed, '/a/style.css/')).toBe('/a/style.css');
	});

	test('a front controller by rewrite and path, both without a slash', async () => {
		const site = await echo(
			`root public
			@phpRoute {
				not path /.well-known/mercure*
				not file {path}
			}
			rewrite @phpRoute index.php
			@frontController path index.php
			php @frontController
			file_server {
				hide *.php
			}`,
			{ root: 'public', scope: { workers: new Map([['/index.php', 0]]) } },
		);
		for (const path of ['/', '/app/', '/some/page?x=1', '/none.php']) {
			expect(await asked(site, path)).toMatchObject({ scriptName: '/index.php', worker: 0, requestUri: path });
		}
		expect(await asked(site, '/style.css')).toBe('body {}');
		// As in Caddy: the file is there, so nothing is rewritten, and the path has a slash.
		expect(await asked(site, '/index.php')).toBe(404);
		expect(await asked(site, '/.well-known/mercure')).toBe(404);
	});

	test('workers that match paths: files first, then they, then the rest', async () => {
		const scope = {
			workerMatches: [{ patterns: ['/api/*', '/public/*'], worker: 1, script: '/elsewhere/worker.php' }],
		};
		const site = await echo('php_server {\n index public/index.php\n}', { scope });
		expect(await asked(site, '/api/none')).toMatchObject({
			worker: 1,
			scriptFilename: '/elsewhere/worker.php',
			scriptName: '',
			pathInfo: '',
		});
		expect(await asked(site, '/public/style.css')).toBe('body {}');
		expect(await asked(site, '/public/about.php')).toMatchObject({ worker: 1 });
		const other = (await asked(site, '/other')) as Record<string, unknown>;
		expect([other.scriptName, other.worker]).toEqual(['/public/index.php', undefined]);
	});

	test('resolve_root_symlink off: PHP sees the link', async () => {
		const site = await echo('root link\nphp_server {\n resolve_root_symlink false\n index public/index.php\n}');
		symlinkSync('.', join(site.folder, 'link'));
		expect(await asked(site, '/')).toMatchObject({
			documentRoot: join(site.folder, 'link'),
			scriptFilename: join(site.folder, 'link/public/index.php'),
		});
	});
});

test('php: only what names a script', async () => {
	const site = await echo('php');
	expect(await asked(site, '/public/about.php/x')).toMatchObject({ scriptName: '/public/about.php', pathInfo: '/x' });
	for (const path of ['/', '/public/', '/public/style.css', '/none']) expect(await asked(site, path)).toBe(404);
	// As in FrankenPHP, a mistake of the server.
	expect(await asked(site, '/none.php/x')).toBe(500);
});

describe('bodies', () => {
	const limited = `root .
		request_body {
			max_size 1KB
		}
		php_server
		handle_errors {
			respond "error {err.status_code}"
		}`;
	const files = { 'index.php': '' };

	test.each([
		['announced', {}],
		['chunked', { 'Transfer-Encoding': 'chunked' }],
	])('too large is 413 (%s)', async (_way, headers) => {
		const { ask, idle } = await serveSite(limited, { files, script: COUNT_BODY });
		expect((await ask('/', { method: 'POST', body: 'x'.repeat(1000), headers })).body).toBe('1000');
		expect(await ask('/', { method: 'POST', body: 'x'.repeat(1001), headers })).toMatchObject({
			status: 413,
			body: 'error 413',
		});
		expect((await ask('/', { method: 'POST', body: 'x'.repeat(3_000_000), headers })).status).toBe(413);
		await idle();
	});

	test('too large, and PHP has begun to answer: the connection is cut', async () => {
		const { ask } = await serveSite(limited, {
			files,
			script: (_request, sink) => {
				setImmediate(() => {
					sink.head(200, undefined, []);
					sink.write(new Uint8Array(10));
					sink.wantBody();
				});
				return undefined;
			},
		});
		const post = { method: 'POST', body: 'x'.repeat(2000), headers: { 'Transfer-Encoding': 'chunked' } };
		await expect(ask('/', post)).rejects.toThrow();
	});

	test('too slow is 408, and the connection ends', async () => {
		const aborted = Promise.withResolvers<void>();
		const { url, idle } = await serveSite('root .\nphp_server {\n request_body_timeout 50ms\n}', {
			files,
			script: (request, sink) => ({ ...COUNT_BODY(request, sink), abort: aborted.resolve }),
		});
		const answer = await raw(url, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc');
		expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*Connection: close/);
		await aborted.promise;
		await idle();
	});
});
