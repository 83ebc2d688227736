import { describe, expect, test } from 'vitest';
import { type Answer, type Ask, ECHO, type SiteSetup, serveJson, serveSite } from '../site/serve-site.ts';

const FILES = {
	'public/index.php': '<?php',
	'public/about.php': '<?php',
	'public/style.css': 'body {}',
	'public/app/index.php': '<?php',
	'public/plain.txt': 'plain '.repeat(200),
	'public/list/a.txt': 'a',
	'errors/404.html': 'nothing here',
};

/** What differs between two answers of one site. */
function comparable({ status, headers: { date: _, 'last-modified': __, etag: ___, ...headers }, body }: Answer) {
	return {
		status,
		headers,
		body: body
			.replace(/"(serverPort|remotePort)":\d+/g, '')
			.replace(/igor-http-[\w-]+/g, 'folder')
			.replace(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, 'time'),
	};
}

/** Lines of a site, and what it is asked. */
const SITES: readonly [name: string, lines: string, asks: readonly (string | [string, Ask])[]][] = [
	[
		'php_server',
		'root public\nphp_server {\n env A b\n env HOST {host}\n}',
		['/', '/about.php/x?y', '/style.css', '/app', '/app/', '/none/at/all?q', '/list'],
	],
	[
		'php_server with a matcher',
		'root public\nphp_server /app/* {\n index off\n}\nrespond rest',
		['/app/index.php', '/app/', '/x'],
	],
	[
		'php_server with try_files',
		'root public\nphp_server {\n try_files {path} {path}.css index.php\n}',
		['/style', '/none?a=b'],
	],
	['php', 'root public\n@php path *.php\nroute {\n php @php\n respond "no {path}"\n}', ['/about.php', '/x']],
	[
		'file_server',
		'root public\nfile_server browse {\n hide *.css\n}',
		['/plain.txt', '/style.css', '/list', '/list/', '/none'],
	],
	[
		'encode',
		'root public\nencode gzip {\n minimum_length 10\n}\nfile_server',
		[['/plain.txt', { headers: { 'accept-encoding': 'gzip' } }], '/plain.txt'],
	],
	[
		'headers',
		'header {\n +X-A 1\n X-B "{method}"\n -Server\n ?X-C default\n}\nheader /a* >X-D late\nrequest_header X-Up {path}\nrespond "{header.X-Up}"',
		['/', '/ab'],
	],
	[
		'rewrite, uri and redir',
		'redir /old /new permanent\nredir /page https://a.test/ html\nrewrite /a* /b{uri}\nrewrite /c /d\nuri /x* strip_prefix /x\nuri query +seen {method}\nrespond "{uri}"',
		['/old', '/page', '/a/1?q=2', '/c', '/x/y', '/'],
	],
	[
		'handle, handle_path and route',
		'handle_path /api/* {\n respond "api {path}"\n}\nhandle /b* {\n respond b\n}\nhandle {\n route {\n rewrite /first\n rewrite /second\n respond "{path}"\n }\n}',
		['/api/x', '/bb', '/c'],
	],
	[
		'matchers',
		`@one {
			path /one /two
			method GET POST
			header X-A *
			query a=1 b=*
			not protocol https
		}
		@two path_regexp word ^/w/(\\w+)$
		@three \`path('/three') && method('PUT')\`
		@four {
			not {
				path /four*
				host other.test
			}
			remote_ip private_ranges 203.0.113.0/24
			header_regexp v X-V (\\d+)
		}
		@file file {path}.txt
		respond @one one
		respond @two "{re.word.1}"
		respond @three three
		respond @four "four {re.v.1}"
		root public
		handle @file {
			respond "{file_match.relative}"
		}
		respond none`,
		[
			['/one?a=1&b=2', { headers: { 'x-a': 'y' } }],
			['/one?a=2&b=2', { headers: { 'x-a': 'y' } }],
			'/w/hello',
			['/three', { method: 'PUT' }],
			['/x', { headers: { 'x-v': 'v12' } }],
			'/plain',
			'/nothing',
		],
	],
	[
		'vars and map',
		'map {path} {kind} {size} {\n ~^/(img)/ "$1" 1\n /text text -\n default other 3\n}\nvars name {method}\nvars /v* name v\nrespond "{kind} {size} {vars.name}"',
		['/img/x', '/text', '/v'],
	],
	[
		'basic_auth',
		'basic_auth /secret {\n bob $2a$04$U9GK8yyCO6DE0zJkvX3mYuTNjlWvkELpwzWu2UcLjgLLgBkYHhYrW\n}\nrespond in',
		['/secret', ['/secret', { headers: { authorization: 'Basic Ym9iOndyb25n' } }], '/'],
	],
	[
		'errors',
		'root public\nerror /gone "it is gone" 410\nerror /bad 503\nfile_server\nhandle_errors 404 {\n root errors\n rewrite /404.html\n file_server\n}\nhandle_errors 5xx {\n respond "five {err.status_code}"\n}\nhandle_errors {\n respond "{err.message}"\n}',
		['/none', '/gone', '/bad'],
	],
	[
		'request_body and intercept',
		'request_body {\n max_size 3\n}\nintercept {\n @none status 404\n handle_response @none {\n respond "was {resp.status_code}" 200\n }\n}\nroot public\nroute {\n php_server {\n file_server off\n }\n}',
		['/about.php', ['/about.php', { method: 'POST', body: 'long' }]],
	],
	['try_files', 'root public\ntry_files {path}.txt /style.css?{query}\nrespond "{uri}"', ['/plain?x', '/none?y=1']],
];

describe.each(SITES)('%s', (_, lines, asks) => {
	const setup: SiteSetup = { files: FILES, script: ECHO, root: 'public' };

	test("answers from Caddy's JSON as from the Caddyfile", async () => {
		const [site, other] = [await serveSite(lines, setup), await serveSite(lines, { ...setup, asJson: true })];
		for (const ask of asks) {
			const [path, more] = typeof ask === 'string' ? [ask, {}] : ask;
			const answer = comparable(await site.ask(path, more));
			expect(comparable(await other.ask(path, more)), path).toEqual(answer);
		}
	});
});

/** What a server answers to some paths. */
async function bodies(server: Readonly<Record<string, unknown>>, paths: readonly string[], setup?: SiteSetup) {
	const site = await serveJson(server, setup);
	return Promise.all(paths.map(async (path) => (await site.ask(path)).body));
}

const says = (body: string) => ({ handler: 'static_response', body });
const path = (...paths: string[]) => [{ path: paths }];

describe('routes that no Caddyfile would have', () => {
	test('a terminal route ends the list for whoever it is for', async () => {
		const routes = [
			{ match: path('/a*'), handle: [{ handler: 'headers', response: { set: { 'X-A': ['1'] } } }], terminal: true },
			{ match: path('/b*'), handle: [says('b')], terminal: true },
			{ handle: [says('rest {http.request.uri.path}')] },
		];
		expect(await bodies({ routes }, ['/a', '/b', '/c'])).toEqual(['', 'b', 'rest /c']);
	});

	test('of a group, the first that matches; several groups in a list', async () => {
		const rewrite = (group: string, from: string, uri: string) => ({
			...{ group, match: path(from) },
			handle: [{ handler: 'rewrite', uri }],
		});
		const routes = [
			rewrite('a', '/1*', '/2'),
			rewrite('a', '/2*', '/3'),
			rewrite('b', '/2*', '/4'),
			{ handle: [says('{http.request.uri.path}')] },
		];
		expect(await bodies({ routes }, ['/1', '/2', '/x'])).toEqual(['/4', '/3', '/x']);
	});

	test('rewrites without a group all happen', async () => {
		const routes = [
			{ handle: [{ handler: 'rewrite', uri: '/a' }] },
			{ match: path('/a'), handle: [{ handler: 'rewrite', uri: '/b' }] },
			{ handle: [says('{http.request.uri.path}')] },
		];
		expect(await bodies({ routes }, ['/'])).toEqual(['/b']);
	});

	test('one of several sets of matchers', async () => {
		const match = [{ path: ['/a'] }, { path: ['/b'], method: ['POST'] }, { path: ['/c'] }];
		const routes = [{ match, handle: [says('yes')] }, { handle: [says('no')] }];
		expect(await bodies({ routes }, ['/a', '/b', '/c'])).toEqual(['yes', 'no', 'yes']);
	});

	test('a matcher is asked once for all handlers of its route', async () => {
		const routes = [
			{ match: path('/a'), handle: [{ handler: 'rewrite', uri: '/b' }, says('{http.request.uri.path}')] },
			{ handle: [says('no')] },
		];
		expect(await bodies({ routes }, ['/a', '/b'])).toEqual(['/b', 'no']);
	});

	test('a status and fields of a static response', async () => {
		const site = await serveJson({
			routes: [
				{ handle: [{ ...says('{"a":1}'), status_code: '201', headers: { 'X-A': ['1', '2'], Location: ['/x'] } }] },
			],
		});
		expect(await site.ask('/')).toMatchObject({
			...{ status: 201, body: '{"a":1}' },
			headers: { 'x-a': '1, 2', location: '/x' },
		});
	});

	test("FrankenPHP's php_server, as an older version writes it", async () => {
		const php = { handler: 'php', split_path: ['.php'] };
		const file = {
			split_path: ['.php'],
			try_files: ['{http.request.uri.path}', '{http.request.uri.path}/index.php', 'index.php'],
		};
		const folder = { file: { try_files: ['{http.request.uri.path}/index.php'] }, not: [{ path: ['*/'] }] };
		const redirect = {
			handler: 'static_response',
			status_code: 308,
			headers: { Location: ['{http.request.orig_uri.path}/'] },
		};
		const routes = [
			{ match: [folder], handle: [redirect] },
			{ match: [{ file }], handle: [{ handler: 'rewrite', uri: '{http.matchers.file.relative}' }] },
			{ match: path('*.php'), handle: [php] },
			{ handle: [{ handler: 'file_server' }] },
		];
		const server = {
			routes: [
				{
					handle: [
						{ handler: 'vars', root: 'public' },
						{ handler: 'subroute', routes },
					],
				},
			],
		};
		const [css, script] = await bodies(server, ['/style.css', '/none/at/all'], {
			files: FILES,
			script: ECHO,
			root: 'public',
		});
		expect(css).toBe('body {}');
		expect(JSON.parse(script ?? '')).toMatchObject({ scriptName: '/index.php', requestUri: '/none/at/all' });
	});
});
