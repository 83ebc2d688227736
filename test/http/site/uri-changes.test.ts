import { describe, expect, test } from 'vitest';
import type { UriChange } from '../../../src/directives/uri.ts';
import { rewriteTo } from '../../../src/site/rewrite.ts';
import { stripPrefix, uriChange } from '../../../src/site/uri-changes.ts';
import { viewOf } from './view.ts';

describe('rewrite', () => {
	test.each([
		['/new', '/old?a=1', '/new?a=1'],
		['new', '/old', 'new'],
		['?a=2', '/old?a=1', '/old?a=2'],
		['?', '/old?a=1', '/old'],
		['/new?', '/old?a=1', '/new'],
		['/new?b=2', '/old?a=1', '/new?b=2'],
		['/new?{query}&b=2', '/old?a=1', '/new?a=1&b=2'],
		['/new?{query}&b=2', '/old', '/new?b=2'],
		['/index.php?p={path}', '/a b?x=1', '/index.php?p=%2Fa+b'],
		['/index.php?p={uri}', '/a?x=1', '/index.php?p=%2Fa%3Fx%3D1'],
		['/index.php?q={query.q}', '/a?q=x%26y', '/index.php?q=x%26y'],
		['/new{uri}', '/old?a=1', '/new/old?a=1'],
		['/new{path}{?query}', '/old?a=1', '/new/old?a=1'],
		['{path}.html', '/a%3Fb', '/a%3Fb.html'],
		['{path}', '/100%25', '/100%25'],
		['/x/{file}', '/a/b.txt', '/x/b.txt'],
		['/{query.x}?', '/?x=%2e%2e/y', '/../y'],
		['/a#frag', '/old', '/a'],
		['/t?e={env.COLOUR}', '/old', '/t?e=green'],
	])('%s of %s is %s', (to, from, expected) => {
		expect(rewriteTo(to)(viewOf(from)).target).toBe(expected);
	});

	test('what a client writes is no placeholder', () => {
		const view = viewOf('/old', { headers: { 'x-sly': ['/x?{env.COLOUR}'] } });
		expect(rewriteTo('{header.x-sly}?')(view).query).toBe('{env.COLOUR}');
	});
});

describe('uri', () => {
	const change = (operation: UriChange, from: string) => uriChange(operation)(viewOf(from)).target;

	test.each([
		['/api', '/api/users?x=1', '/users?x=1'],
		['api', '/api/users', '/users'],
		['/api', '/API/users', '/users'],
		['/api', '/api', '/'],
		['/api', '/other', '/other'],
		['/api', '//api/users', '/users'],
		['/a b', '/a%20b/c', '/c'],
		['/é', '/%C3%A9/c', '/c'],
		['/a%2Fb', '/a%2Fb/c', '/c'],
		['/a%2Fb', '/a/b/c', '/a/b/c'],
		['/a/b', '/a%2Fb/c', '/c'],
		['/api', '/api/a%2Fb', '/a%2Fb'],
		['//x', '//x/y', '/y'],
	])('strip_prefix %s of %s is %s', (target, from, expected) => {
		expect(change({ operation: 'strip_prefix', target }, from)).toBe(expected);
		expect(stripPrefix(target)(viewOf(from)).target).toBe(expected);
	});

	test.each([
		['.html', '/page.html', '/page'],
		['.html', '/page.html?x', '/page?x'],
		['.HTML', '/page.html', '/page'],
		['.html', '/page.htm', '/page.htm'],
		['/é', '/a/%C3%A9', '/a'],
		['2Fb', '/a%2Fb', '/a%2Fb'],
	])('strip_suffix %s of %s is %s', (target, from, expected) => {
		expect(change({ operation: 'strip_suffix', target }, from)).toBe(expected);
	});

	test.each([
		['/foo', '/bar', undefined, '/foo/foo?x=/foo', '/bar/bar?x=/bar'],
		['/foo', '/bar', 1, '/foo/foo?x=/foo', '/bar/foo?x=/bar'],
		['a b', 'c', undefined, '/a%20b', '/a%20b'],
		['%20', '_', undefined, '/a%20b', '/a_b'],
	])('replace %s %s %s in %s: %s', (find, replacement, limit, from, expected) => {
		expect(change({ operation: 'replace', find, replacement, ...(limit && { limit }) }, from)).toBe(expected);
	});

	test.each([
		['/{2,}', '/', '/a//b///c', '/a/b/c'],
		['^/(\\d+)/(.*)$', '/$2/$\\{1\\}', '/12/a', '/a/12'],
		['(?<n>\\d+)', '<$n$$>', '/12', '/%3C12$%3E'],
		['x', '$1$9', '/axb', '/ab'],
	])('path_regexp %s %s of %s is %s', (search, replacement, from, expected) => {
		expect(change({ operation: 'path_regexp', search, replacement }, from)).toBe(expected);
	});

	test('query: renames, sets, adds, replaces, deletes, in this order', () => {
		const query = (changes: Extract<UriChange, { operation: 'query' }>['changes'], from: string) =>
			change({ operation: 'query', changes }, `/?${from}`);
		expect(query([{ operation: 'set', key: 'a', value: '{method}' }], 'a=1&a=2&b=3')).toBe('/?a=GET&b=3');
		expect(query([{ operation: 'add', key: 'a', value: '2' }], 'a=1')).toBe('/?a=1&a=2');
		expect(query([{ operation: 'delete', key: 'a' }], 'a=1&b=2&a=3')).toBe('/?b=2');
		expect(query([{ operation: 'rename', key: 'a', to: 'z' }], 'a=1&z=9')).toBe('/?z=1');
		expect(query([{ operation: 'replace', key: '*', search: '(\\d)', replacement: '<$1>' }], 'b=2&a=1')).toBe(
			'/?a=%3C1%3E&b=%3C2%3E',
		);
		expect(
			query(
				[
					{ operation: 'delete', key: 'a' },
					{ operation: 'set', key: 'a', value: '1' },
				],
				'x=y',
			),
		).toBe('/?x=y');
	});
});
