import { describe, expect, test } from 'vitest';
import { directives } from './support.ts';

describe('matchers', () => {
	test('of every type, on one line and as a block', () => {
		const [first] = directives(
			`@m {
	path /a/* *.php
	path /b
	method GET POST
	host Example.test
	header X-A one
	header x-a two
	header !Cookie
	query q=* lang=de lang=en
	not path /c
	not {
		method PUT
		host d.test
	}
	file {path} /index.php {
		root /srv
		try_policy first_exist_fallback
		split_path .php
	}
}`,
			'respond @m x',
		);
		expect(first!.matcher).toEqual([
			{ type: 'path', patterns: ['/a/*', '*.php', '/b'] },
			{ type: 'method', methods: ['GET', 'POST'] },
			{ type: 'host', hosts: ['example.test'] },
			{
				type: 'header',
				fields: [
					{ name: 'x-a', values: ['one', 'two'] },
					{ name: 'cookie', values: [] },
				],
			},
			{
				type: 'query',
				keys: [
					{ name: 'q', values: ['*'] },
					{ name: 'lang', values: ['de', 'en'] },
				],
			},
			{
				type: 'not',
				sets: [
					[{ type: 'path', patterns: ['/c'] }],
					[
						{ type: 'method', methods: ['PUT'] },
						{ type: 'host', hosts: ['d.test'] },
					],
				],
			},
			{
				type: 'file',
				tryFiles: ['{path}', '/index.php'],
				root: '/srv',
				tryPolicy: 'first_exist_fallback',
				splitPath: ['.php'],
			},
		]);
	});

	test('a single argument of root and rewrite is none', () => {
		expect(directives('root /srv', 'rewrite /index.php')).toEqual([
			{ type: 'root', path: '/srv' },
			{ type: 'rewrite', to: '/index.php' },
		]);
		expect(directives('rewrite /a* /index.php')).toMatchObject([{ matcher: [{ type: 'path', patterns: ['/a*'] }] }]);
		expect(directives('respond * /a')).toEqual([{ type: 'respond', body: '/a', close: false }]);
	});
});

describe('other directives', () => {
	test.each([
		['respond 204', { status: 204, body: '' }],
		['respond "gone" 410 {\n close\n}', { status: 410, body: 'gone', close: true }],
		['respond 404 {\n body `{"a": 1}`\n}', { status: 404, body: '{"a": 1}' }],
		['error "no" 403', { type: 'error', status: 403, message: 'no' }],
		['redir https://{host}{uri} permanent', { to: 'https://{host}{uri}', status: 301, html: false }],
		['redir * /x html', { to: '/x', status: 200, html: true }],
		['redir * /x', { status: 302 }],
		['uri strip_prefix /a', { change: { operation: 'strip_prefix', target: '/a' } }],
		['uri replace a b 1', { change: { operation: 'replace', find: 'a', replacement: 'b', limit: 1 } }],
		['uri path_regexp /+ /', { change: { operation: 'path_regexp', search: '/+', replacement: '/' } }],
		['uri query -a', { change: { operation: 'query', changes: [{ operation: 'delete', key: 'a' }] } }],
		[
			'uri query {\n a>b\n +c 1\n d 2\n e f g\n}',
			{
				change: {
					changes: [
						{ operation: 'rename', key: 'a', to: 'b' },
						{ operation: 'add', key: 'c', value: '1' },
						{ operation: 'set', key: 'd', value: '2' },
						{ operation: 'replace', key: 'e', search: 'f', replacement: 'g' },
					],
				},
			},
		],
		['try_files {path} /index.php?{query}', { files: ['{path}', '/index.php?{query}'], policy: 'first_exist' }],
		['request_body {\n max_size 10MB\n}', { maxSize: 10_000_000 }],
		[
			'basic_auth /admin/* bcrypt Staff {\n bob $2a$14$x\n}',
			{ realm: 'Staff', accounts: [{ user: 'bob', passwordHash: '$2a$14$x' }] },
		],
		['encode', { encodings: [{ name: 'zstd' }, { name: 'gzip' }], minimumLength: 512 }],
		[
			'encode br {\n gzip 6\n minimum_length 1\n match header Content-Type text/*\n}',
			{
				encodings: [{ name: 'gzip', level: 6 }, { name: 'br' }],
				minimumLength: 1,
				match: { statuses: [], headers: [{ name: 'content-type', values: ['text/*'] }] },
			},
		],
		['header X-A "b c"', { operations: [{ operation: 'set', field: 'X-A', value: 'b c' }], deferred: false }],
		[
			'header {\n -Server\n +Link </a>\n ?Cache-Control no-store\n Location ^http: https:\n X:  y\n match status 2xx\n}',
			{
				deferred: true,
				operations: [
					{ operation: 'delete', field: 'Server' },
					{ operation: 'add', field: 'Link', value: '</a>' },
					{ operation: 'default', field: 'Cache-Control', value: 'no-store' },
					{ operation: 'replace', field: 'Location', search: '^http:', replacement: 'https:' },
					{ operation: 'set', field: 'X', value: 'y' },
				],
				match: { statuses: ['2xx'], headers: [] },
			},
		],
		[
			'file_server {\n root /srv\n hide .git\n index a.html\n precompressed\n status 404\n pass_thru\n disable_canonical_uris\n}',
			{
				root: '/srv',
				hide: ['.git'],
				index: ['a.html'],
				browse: false,
				precompressed: ['br', 'zstd', 'gzip'],
				status: 404,
				passThru: true,
				canonicalUris: false,
			},
		],
		['php {\n root /srv\n}', { type: 'php', root: '/srv' }],
	])('%j', (line, expected) => {
		expect(directives(line)).toMatchObject([expected]);
	});
});
