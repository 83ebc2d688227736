import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesGlob } from '../../../src/site/glob.ts';
import { pathTest } from '../../../src/site/path-pattern.ts';
import { cleanPath, RequestUri } from '../../../src/site/request-uri.ts';

const uri = (path: string) => RequestUri.parse(path, '') as RequestUri;

describe('path patterns', () => {
	test.each([
		['/', '/', true],
		['/foo', '/foo', true],
		['/foo', '/FOO', true],
		['/foo', '/foo/', false],
		['/foo', '/foo/bar', false],
		['/foo/', '/foo', false],
		['/foo*', '/foobar', true],
		['/foo*', '/foo/bar/x', true],
		['/foo/*', '/foo', false],
		['/foo/*', '/foo/', true],
		['/foo/*', '/foo/a/b', true],
		['*.php', '/a/b.php', true],
		['*.php', '/a/b.PHP', true],
		['*.php', '/a/b.phpx', false],
		['*foo*', '/a/xfoox/b', true],
		['*', '/anything', true],
		['/a/*/c', '/a/b/c', true],
		['/a/*/c', '/a/b/b/c', false],
		['/a/*.txt', '/a/b.txt', true],
		['/a/?', '/a/b', true],
		['/a/[bc]', '/a/c', true],
		['/a/[^bc]', '/a/c', false],
		['/secret', '//secret', true],
		['/secret', '/./secret', true],
		['/secret', '/x/../secret', true],
		['/secret', '/%73ecret', true],
		['/secret*', '//SECRET/x', true],
		['//x', '//x', true],
		['//x', '/x', false],
		['/a%2Fb', '/a%2fb', true],
		['/a%2Fb', '/a/b', false],
		['/a%2Fb', '/a%2Fbc', false],
		['/a b', '/a%20b', true],
		['/%C3%A9', '/%C3%A9', true],
		['/é', '/%C3%A9', true],
		['/a/%*/c', '/a/x%2Fy/c', true],
		['/a/*/c', '/a/x%2Fy/c', false],
		['/[', '/[', false],
	])('%s and %s: %s', (pattern, path, expected) => {
		expect(pathTest(pattern)(uri(path))).toBe(expected);
	});

	test('no pattern takes long', () => {
		const pattern = `/${'*a'.repeat(500)}b`;
		const start = performance.now();
		expect(matchesGlob(pattern, `/${'a'.repeat(5000)}`)).toBe(false);
		expect(performance.now() - start).toBeLessThan(5000);
	});

	test('a glob without wildcards is the text itself', () => {
		fc.assert(
			fc.property(fc.stringMatching(/^[a-z/.]{0,20}$/), (text) => {
				expect(matchesGlob(text, text)).toBe(true);
				expect(matchesGlob(text, `${text}x`)).toBe(false);
			}),
		);
	});
});

test.each([
	['/a/../b', '/b'],
	['/a/./b/', '/a/b/'],
	['//a///b', '/a/b'],
	['/../..', '/'],
	['a/../..', '..'],
	['', '.'],
	['/', '/'],
	['/a/..', '/'],
])('cleaned, %s is %s', (path, expected) => {
	expect(cleanPath(path)).toBe(expected);
});

test('empty segments can be kept', () => {
	expect(cleanPath('/a//b/../c', false)).toBe('/a//c');
});

describe('request URIs', () => {
	test.each(['/%', '/%zz', '/%00'])('%s is malformed', (path) => {
		expect(RequestUri.parse(path, '')).toBe(undefined);
	});

	test.each([
		['/a%2Fb', '/a/b', '/a%2Fb'],
		['/a b', '/a b', '/a%20b'],
		['/\xc3\xa9', '/é', '/%C3%A9'],
		['/a"b', '/a"b', '/a%22b'],
		["/it's(1)", "/it's(1)", "/it's(1)"],
	])('%s is the path %s, escaped %s', (wire, path, escaped) => {
		expect(uri(wire)).toMatchObject({ path, escapedPath: escaped });
	});

	test('whatever the path, its escaped form leads back to it', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), (text) => {
				const path = `/${text.replaceAll('\0', '').toWellFormed()}`;
				const { escapedPath } = RequestUri.of(path, '');
				expect(escapedPath).toMatch(/^[\x21-\x7e]*$/);
				expect(RequestUri.parse(escapedPath, '')?.path).toBe(path);
			}),
		);
	});
});
