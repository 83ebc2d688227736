import { describe, expect, test } from 'vitest';
import { directives, refused } from './support.ts';

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

	test.each([
		['respond @none x', '2:9 bad_matcher'],
		['@m path', '2:4 bad_arguments'],
		['@m pth /x', '2:4 bad_matcher'],
		['@m expression x', '2:15 bad_matcher'],
		['@m `path("/x"`', '2:4 bad_matcher'],
		['@m `1 + 1`', '2:4 bad_matcher'],
		['@m `pth("/x")`', '2:4 bad_matcher'],
		['@m expression {path} == "a" && nope', '2:15 bad_matcher'],
		['@m path_regexp (', '2:16 bad_value'],
		['@m {\npath_regexp a\npath_regexp b\n}', '4:1 conflict'],
		['@m remote_ip 10.0.0.0/33', '2:14 bad_value'],
		['@m client_ip 1.2.3', '2:14 bad_value'],
		['@m client_ip ::1/129', '2:14 bad_value'],
		['@m protocol ftp', '2:13 bad_value'],
		['@m vars x', '2:4 bad_matcher'],
		['@m', '2:1 bad_matcher'],
		['@m path /x\n@m path /y', '3:1 conflict'],
	])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
