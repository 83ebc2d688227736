import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ECHO, serveSite } from './serve-site.ts';

const echoed = ({ body }: { body: string }) => JSON.parse(body);

describe('order and exclusion', () => {
	test('of several handles the first that matches counts, whatever stands outside goes on', async () => {
		const { ask } = await serveSite(`
			header X-Outside yes
			handle /a* {
				respond a
			}
			handle_path /b/* {
				respond "b {path} {orig_path}"
			}
			handle /c {
				header X-Inside yes
			}
			handle {
				respond other
			}
			route {
				respond "after"
			}`);
		expect(await ask('/abc')).toMatchObject({ status: 200, body: 'a', headers: { 'x-outside': 'yes' } });
		expect((await ask('/b/x/y?q')).body).toBe('b /x/y /b/x/y');
		expect(await ask('/c')).toMatchObject({ body: 'after', headers: { 'x-inside': 'yes' } });
		expect((await ask('/zzz')).body).toBe('other');
	});

	test('of several rewrites and roots the first that matches counts, in the order of the file inside route', async () => {
		const { ask } = await serveSite(`
			route {
				rewrite /one /two
				rewrite /two /three
				root /three nowhere
				root * elsewhere
				respond "{path} {vars.root}"
			}`);
		expect((await ask('/one')).body).toBe('/two elsewhere');
		expect((await ask('/two')).body).toBe('/three nowhere');
	});

	test('nobody answers: empty, 200', async () => {
		const { ask } = await serveSite('respond /x x');
		expect(await ask('/y')).toMatchObject({ status: 200, body: '', headers: { 'content-length': '0' } });
	});

	test('a long list', async () => {
		const lines = Array.from({ length: 2000 }, (_, index) => `respond /p${index} ${index}`).join('\n');
		const { ask } = await serveSite(lines);
		expect((await ask('/p1999')).body).toBe('1999');
	});
});

describe('matchers', () => {
	test.each([
		['path_regexp ^/a(\\d+)/(?P<end>.*)$', '/a12/x', '12 x 12 x'],
		['path_regexp (?i)/A(\\d+)/(?<end>[a-z]+)$', '/b/..//a7/x', '7 x 7 x'],
		['path_regexp other ^/a(\\d+)/(?<end>.*)', '/a1/x', '{http.regexp.m.1} {http.regexp.m.end} 1 x'],
		['header_regexp X-A ^a(\\d+)(?<end>.*)$', '/', '5 z 5 z'],
		['header_regexp other x-a ^a(\\d+)(?<end>.*)$', '/', '{http.regexp.m.1} {http.regexp.m.end} 5 z'],
	])('%s finds groups', async (matcher, path, expected) => {
		const { ask } = await serveSite(
			`@m ${matcher}\nrespond @m "{re.m.1} {re.m.end} {re.1} {http.regexp.end}"\nrespond no`,
		);
		expect((await ask(path, { headers: { 'X-A': ['b', 'a5z'] } })).body).toBe(expected);
		expect((await ask('/none')).body).toBe('no');
	});

	// The second is how API Platform tells pages of its front end from its API.
	const PWA = `\`(
		header({'Accept': '*text/html*'})
		&& !path('/docs*', '/graphql*', '*.json*')
	) || path('/favicon.ico', '/_next*') || query({'_rsc': '*'})\``;
	test.each([
		['`{method} == "GET" && {query.x}.startsWith("1")`', '/?x=12', '/?x=2'],
		[PWA, '/page', '/docs/x'],
		[PWA, '/_next/x.json', '/x.json'],
		[PWA, '/x.json?_rsc=1', '/graphql'],
		['expression path_regexp("^/a(.)") && {re.m.1} in ["x", "y"]', '/ax', '/az'],
		['expression !remote_ip("10.0.0.0/8") && client_ip("203.0.113.7") && file("/there.txt") && path("/a")', '/a', '/b'],
		['`{http.error.status_code} == 404 || method("GET") && protocol("http") && vars({"{path}": ["/v"]})`', '/v', '/w'],
		['`{path}.size() > 3 || {query.n} > 3`', '/long', '/?n=5'],
	])('%s', async (matcher, yes, no) => {
		const { ask } = await serveSite(`@m ${matcher}\nrespond @m yes\nrespond no`, { files: { 'there.txt': '' } });
		const headers = { accept: 'text/html,*/*' };
		expect((await ask(yes, { headers })).body).toBe('yes');
		expect((await ask(no, { headers })).body).toBe('no');
	});

	test.each([
		['remote_ip 10.0.0.0/8 127.0.0.1', true],
		['remote_ip 203.0.113.0/24', false],
		['remote_ip private_ranges', true],
		['client_ip 203.0.113.0/24 ::1', true],
		['client_ip 127.0.0.1/8', false],
		['protocol http', true],
		['protocol https', false],
		['protocol http/1.1', true],
		['protocol http/1.0+', true],
		['protocol http/2+', false],
		['protocol grpc', false],
		['vars {method} POST GET', true],
		['vars {query.x} 2', false],
		['vars none x', false],
	])('%s: %s', async (matcher, expected) => {
		const { ask } = await serveSite(`@m ${matcher}\nrespond @m yes\nrespond no`);
		expect((await ask('/?x=1')).body).toBe(expected ? 'yes' : 'no');
	});

	test.each([
		['method POST', { method: 'POST' }, { method: 'GET' }],
		['header X-A one*', { headers: { 'X-A': 'one two' } }, { headers: { 'X-A': 'two one' } }],
		['header !X-A', {}, { headers: { 'X-A': '' } }],
		['host site.test', {}, { headers: { host: 'other.test' } }],
		['host *.test', { headers: { host: 'A.TEST:80' } }, { headers: { host: 'a.b.test' } }],
		['not header X-A one', {}, { headers: { 'X-A': 'one' } }],
	])('%s', async (matcher, yes, no) => {
		const { ask } = await serveSite(`@m ${matcher}\nrespond @m yes\nrespond no`);
		expect((await ask('/', yes)).body).toBe('yes');
		expect((await ask('/', no)).body).toBe('no');
	});

	test.each([
		['query a=1', '/?a=1&b=2', '/?a=2'],
		['query a=*', '/?a=', '/?b'],
		['query a=1 a=2 b=3', '/?a=2&b=3', '/?a=2'],
		['path /a /b/*', '/B/c', '/c'],
		['file', '/there.txt', '/not-there.txt'],
		['file {\n try_files {path}.txt\n }', '/there', '/there.txt'],
	])('%s', async (matcher, yes, no) => {
		const { ask } = await serveSite(`@m ${matcher}\nrespond @m yes\nrespond no`, { files: { 'there.txt': '' } });
		expect((await ask(yes)).body).toBe('yes');
		expect((await ask(no)).body).toBe('no');
	});
});

describe('answers', () => {
	test('respond: texts, JSON, statuses, placeholders, HEAD', async () => {
		const { ask } = await serveSite(`
			respond /json \`{"path": "{path}"}\`
			respond /teapot "short and stout" 418
			respond /none 204
			respond /close bye {
				close
			}
			respond /query "{query.x}" "{query.status}"
			respond "é"`);
		expect(await ask('/json')).toMatchObject({
			body: '{"path": "/json"}',
			headers: { 'content-type': 'application/json', 'content-length': '17' },
		});
		expect(await ask('/teapot')).toMatchObject({
			status: 418,
			body: 'short and stout',
			headers: { 'content-type': 'text/plain; charset=utf-8' },
		});
		const none = await ask('/none');
		expect([none.status, none.headers['content-length'], none.headers['content-type']]).toEqual([
			204,
			undefined,
			undefined,
		]);
		expect((await ask('/close')).headers.connection).toBe('close');
		expect(await ask('/query?x=%3C&status=202')).toMatchObject({ status: 202, body: '<' });
		expect((await ask('/query?status=x')).status).toBe(500);
		expect(await ask('/')).toMatchObject({ body: 'é', headers: { 'content-length': '2' } });
		expect(await ask('/', { method: 'HEAD' })).toMatchObject({ body: '', headers: { 'content-length': '2' } });
	});

	test('redir', async () => {
		const { ask } = await serveSite(`
			redir /a /b
			redir /p/* https://other.test{uri} permanent
			redir /html /"x" html
			redir /status /x 307
			redir /split "/x{query.to}"`);
		expect(await ask('/a')).toMatchObject({ status: 302, headers: { location: '/b' } });
		expect(await ask('/p/x?y=z')).toMatchObject({ status: 301, headers: { location: 'https://other.test/p/x?y=z' } });
		expect(await ask('/status')).toMatchObject({ status: 307, body: '' });
		const page = await ask('/html');
		expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
		expect(page.body).toContain('<a href="/&#34;x&#34;">');
		const { headers } = await ask('/split?to=%0d%0aSet-Cookie:%20a=b');
		expect(headers).toMatchObject({ location: '/x  Set-Cookie: a=b' });
		expect(headers['set-cookie']).toBe(undefined);
	});
});

describe('errors', () => {
	test('without handle_errors: one line', async () => {
		const { ask } = await serveSite('header X-A 1\nerror /secret "not for you" 403\nerror /other 599');
		const answer = await ask('/secret');
		expect(answer).toMatchObject({ status: 403, body: '403 Forbidden\n', headers: { 'x-a': '1' } });
		expect(await ask('/other')).toMatchObject({ status: 599, body: '599 Error\n' });
	});

	test('handle_errors: by status, with placeholders, at the original URI', async () => {
		const { ask, folder } = await serveSite(
			`root .
			handle /old* {
				uri strip_prefix /old
				error "gone: {path}" 410
			}
			error /teapot 418
			error /again 444
			handle /files/* {
				file_server
			}
			handle_errors 4xx {
				rewrite /{err.status_code}.html
				file_server
			}
			handle_errors 444 {
				error "worse" 500
			}
			handle_errors 404 410 {
				respond "{err.status_code} {err.status_text}; {err.message}; {path}"
			}`,
			{ files: { '405.html': 'no such method', 'files/a.txt': 'a' } },
		);
		mkdirSync(join(folder, 'empty'));
		expect(await ask('/old/x')).toMatchObject({ status: 410, body: '410 Gone; gone: /x; /old/x' });
		expect(await ask('/files/none')).toMatchObject({ status: 404, body: '404 Not Found; ; /files/none' });
		expect(await ask('/files/a.txt')).toMatchObject({ status: 200, body: 'a' });
		expect(await ask('/files/a.txt', { method: 'POST' })).toMatchObject({
			status: 405,
			body: 'no such method',
			headers: { allow: 'GET, HEAD' },
		});
		// No page for it: the error itself.
		expect(await ask('/teapot')).toMatchObject({ status: 418, body: "418 I'm a Teapot\n" });
		expect(await ask('/again')).toMatchObject({ status: 444 });
	});

	test('a status that respond names wins over that of the error', async () => {
		const { ask } = await serveSite('error 500\nhandle_errors {\n respond "fine" 200\n}');
		expect(await ask('/')).toMatchObject({ status: 200, body: 'fine' });
	});

	test('PHP can answer errors, also its own', async () => {
		const { ask } = await serveSite(
			`root .
			error /e "bad luck" 503
			php_server
			handle_errors {
				rewrite /error.php?status={err.status_code}
				php_server
			}`,
			{
				files: { 'index.php': '', 'error.php': '' },
				script: (request, sink) => {
					if (request.scriptName === '/error.php') return ECHO(request, sink);
					setImmediate(() =>
						sink.fail(Object.assign({ status: 504, code: 'x', message: 'slow' }, { retryAfter: 1.2 })),
					);
					return undefined;
				},
			},
		);
		const answer = await ask('/e?x=1', { method: 'POST', body: 'abc' });
		expect(answer.headers['x-php']).toBe('yes');
		expect(echoed(answer)).toMatchObject({
			queryString: 'status=503',
			requestUri: '/e?x=1',
			hasBody: false,
			method: 'POST',
		});
		const failed = await ask('/');
		expect(failed.headers['retry-after']).toBe('2');
		expect(echoed(failed)).toMatchObject({ queryString: 'status=504', requestUri: '/' });
	});

	test.each(['/%', '/%zz', '/a%00b'])('malformed: %s', async (path) => {
		const { ask } = await serveSite('respond /x x\nrespond "{path}"');
		expect(await ask(path)).toMatchObject({ status: 400, body: '400 Bad Request\n' });
		expect((await ask('/x')).body).toBe('x');
	});

	test('too long', async () => {
		const { ask } = await serveSite('respond x\nhandle_errors {\n respond "error {err.status_code}"\n}');
		expect(await ask(`/${'a'.repeat(9000)}`)).toMatchObject({ status: 414, body: 'error 414' });
	});
});

describe('header', () => {
	test('at once and deferred, around PHP', async () => {
		const { ask } = await serveSite(
			`root .
			header {
				X-Now {method}
				+X-Php too
				-X-Gone
				?X-Default given
				?X-Php-Default given
				>X-Late late
				X-Edit a b
			}
			header /match X-Match yes {
				match status 5xx
			}
			php_server`,
			{
				files: { 'index.php': '' },
				script: (_request, sink) => {
					setImmediate(() =>
						sink.complete(200, undefined, ['X-Php', 'php', 'X-Gone', '1', 'X-Late', 'early', 'X-Edit', 'aXa'], 'x'),
					);
					return undefined;
				},
			},
		);
		const { headers } = await ask('/');
		expect(headers).toMatchObject({
			'x-now': 'GET',
			'x-php': 'php, too',
			'x-default': 'given',
			'x-late': 'late',
			'x-edit': 'bXb',
		});
		expect(headers).not.toHaveProperty('x-gone');
	});

	test('at once: PHP adds its own', async () => {
		const { ask } = await serveSite('root .\nheader X-A config\nheader Content-Type text/config\nphp_server', {
			files: { 'index.php': '' },
			script: (_request, sink) => {
				setImmediate(() => sink.complete(200, undefined, ['X-A', 'php', 'Content-Type', 'text/php'], ''));
				return undefined;
			},
		});
		expect((await ask('/')).headers).toMatchObject({ 'x-a': 'config, php', 'content-type': 'text/php' });
	});

	test('defaults and matches depend on the response', async () => {
		const { ask } = await serveSite(`
			header ?Cache-Control no-store
			header {
				X-Failed yes
				match {
					status 4xx
					header X-Kind k*
				}
			}
			header /a Cache-Control max-age=1
			header /k* X-Kind kind
			respond /k4 nope 404
			respond ok`);
		expect((await ask('/')).headers['cache-control']).toBe('no-store');
		expect((await ask('/a')).headers['cache-control']).toBe('max-age=1');
		expect((await ask('/k4')).headers['x-failed']).toBe('yes');
		expect((await ask('/k')).headers['x-failed']).toBe(undefined);
	});

	test('around files', async () => {
		const { ask } = await serveSite('@txt path *.txt\nheader @txt Cache-Control max-age=5\nroot .\nfile_server', {
			files: { 'a.txt': 'a' },
		});
		expect((await ask('/a.txt')).headers['cache-control']).toBe('max-age=5');
		const missing = await ask('/b.txt');
		expect(missing).toMatchObject({ status: 404, headers: { 'cache-control': 'max-age=5' } });
	});
});

describe('file_server', () => {
	const files = { 'public/a.txt': 'a', 'public/docs/index.html': 'docs', 'public/secret.txt': 's', 'other/b.txt': 'b' };

	test('root, hide, index, redirects; never the Caddyfile', async () => {
		const { ask } = await serveSite(
			`handle_path /other/* {
				root other
				file_server
			}
			handle /all/* {
				uri strip_prefix /all
				file_server
			}
			root public
			file_server {
				hide public/secret.txt
			}`,
			{ files },
		);
		expect((await ask('/a.txt')).body).toBe('a');
		expect((await ask('/other/b.txt')).body).toBe('b');
		expect((await ask('/docs/')).body).toBe('docs');
		expect((await ask('/docs')).status).toBe(308);
		expect((await ask('/secret.txt')).status).toBe(404);
		expect((await ask('/../Caddyfile')).status).toBe(404);
		const { ask: askRoot } = await serveSite('root .\nfile_server', { files });
		expect((await askRoot('/Caddyfile')).status).toBe(404);
		expect((await askRoot('/public/a.txt')).body).toBe('a');
	});

	test('pass_thru and status', async () => {
		const { ask } = await serveSite(
			`route {
				file_server /a* {
					root public
					status 203
				}
				file_server {
					root public
					pass_thru
				}
				respond "nothing at {path}" 410
			}`,
			{ files },
		);
		expect(await ask('/a.txt')).toMatchObject({ status: 203, body: 'a' });
		expect(await ask('/none')).toMatchObject({ status: 410, body: 'nothing at /none' });
	});

	test('a root that is not there, and one that changes', async () => {
		const { ask, folder } = await serveSite('root {query.root}\nfile_server', { files });
		expect((await ask('/a.txt?root=nowhere')).status).toBe(404);
		symlinkSync('public', join(folder, 'current'));
		expect((await ask('/a.txt?root=current')).body).toBe('a');
	});

	test('try_files', async () => {
		const { ask } = await serveSite(
			`root public
			try_files {path} {path}.txt /docs/index.html?from={path}
			handle /a.txt {
				file_server
			}
			respond "{uri}"`,
			{ files },
		);
		expect((await ask('/a?x=1')).body).toBe('a');
		expect((await ask('/none?x=1')).body).toBe('/docs/index.html?from=%2Fnone');
		const strict = await serveSite('root public\ntry_files {path} =404\nrespond yes', { files });
		expect((await strict.ask('/a.txt')).body).toBe('yes');
		expect((await strict.ask('/none')).status).toBe(404);
	});
});

test('encode is asked before anybody answers', async () => {
	const { ask } = await serveSite('encode\nrespond x');
	expect((await ask('/')).status).toBe(200);
});

test('idle() waits for what runs', async () => {
	const finish = Promise.withResolvers<void>();
	const begun = Promise.withResolvers<void>();
	const { ask, idle } = await serveSite('root .\nphp_server', {
		files: { 'index.php': '' },
		script: (_request, sink) => {
			begun.resolve();
			finish.promise.then(() => sink.complete(200, undefined, [], 'done'));
			return undefined;
		},
	});
	await idle();
	const answer = ask('/');
	await begun.promise;
	let idled = false;
	const idling = idle().then(() => {
		idled = true;
	});
	await new Promise(setImmediate);
	expect(idled).toBe(false);
	finish.resolve();
	expect((await answer).body).toBe('done');
	await idling;
});

test('a file that appears is served at once', async () => {
	const { ask, folder } = await serveSite('root .\nphp_server', { files: { 'index.php': '' } });
	expect((await ask('/new.txt')).body).toBe('ok');
	writeFileSync(join(folder, 'new.txt'), 'new');
	expect((await ask('/new.txt')).body).toBe('new');
});
