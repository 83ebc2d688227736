import { expect, test } from 'vitest';
import type { HeaderOperation } from '../../../src/directives/header.ts';
import { withEarlyHeaders } from '../../../src/http/response-headers.ts';
import { matchesField } from '../../../src/site/header-match.ts';
import { headerChange } from '../../../src/site/header-operations.ts';
import { replaceAll } from '../../../src/site/regexp-replace.ts';
import { viewOf } from './view.ts';

const HEADERS = ['X-A', '1', 'x-a', '2', 'X-Ab', '3', 'Server', 'php'];

test.each<[string, HeaderOperation[], string[]]>([
	['set', [{ operation: 'set', field: 'X-a', value: '{method}' }], ['X-Ab', '3', 'Server', 'php', 'X-a', 'GET']],
	['add', [{ operation: 'add', field: 'X-A', value: '9' }], [...HEADERS, 'X-A', '9']],
	['delete', [{ operation: 'delete', field: 'x-A' }], ['X-Ab', '3', 'Server', 'php']],
	['delete a prefix', [{ operation: 'delete', field: 'x-*' }], ['Server', 'php']],
	['delete a suffix', [{ operation: 'delete', field: '*b' }], ['X-A', '1', 'x-a', '2', 'Server', 'php']],
	['delete a part', [{ operation: 'delete', field: '*-A*' }], ['Server', 'php']],
	[
		'delete everything, first',
		[
			{ operation: 'set', field: 'X-New', value: 'n' },
			{ operation: 'delete', field: '*' },
		],
		['X-New', 'n'],
	],
	[
		'replace',
		[{ operation: 'replace', field: 'server', search: '(p)h', replacement: '$1-{method}-' }],
		['X-A', '1', 'x-a', '2', 'X-Ab', '3', 'Server', 'p-GET-p'],
	],
	[
		'replace everywhere',
		[{ operation: 'replace', field: '*', search: '\\d', replacement: '#' }],
		['X-A', '#', 'x-a', '#', 'X-Ab', '#', 'Server', 'php'],
	],
	['unknown placeholders stay', [{ operation: 'add', field: 'X', value: '{a.b}' }], [...HEADERS, 'X', '{a.b}']],
	['text becomes bytes', [{ operation: 'add', field: 'X', value: 'é€' }], [...HEADERS, 'X', 'Ã©\xe2\x82\xac']],
	['no line breaks', [{ operation: 'add', field: 'X', value: '{header.bad}' }], [...HEADERS, 'X', 'a  Set-Cookie: x']],
	['no impossible names', [{ operation: 'add', field: '{header.bad}', value: 'x' }], HEADERS],
])('%s', (_name, operations, expected) => {
	const headers = [...HEADERS];
	headerChange(operations)(headers, viewOf('/', { headers: { bad: ['a\r\nSet-Cookie: x\0'] } }));
	expect(headers).toEqual(expected);
});

test.each([
	['$1', 'b'],
	['$\x7b1}x', 'bx'],
	['$1x', ''],
	['$9', ''],
	['$$1', '$1'],
	['$name.', 'b.'],
	['$', '$'],
])('a replacement %s is as in Go', (replacement, expected) => {
	expect(replaceAll('abc', /(?<name>b)/g, replacement)).toBe(`a${expected}c`);
});

test.each([
	[['*'], ['x'], true],
	[['*'], [], false],
	[[], [], true],
	[[], ['x'], false],
	[['a*'], ['abc'], true],
	[['*c'], ['abc'], true],
	[['*b*'], ['abc'], true],
	[['ab'], ['abc'], false],
	[['x', 'b'], ['a', 'b'], true],
	[['A'], ['a'], false],
])('a field wanted as %j that is %j: %s', (patterns, values, expected) => {
	expect(matchesField(patterns, values)).toBe(expected);
});

test('fields of the configuration come first; PHP decides about those that there is one of', () => {
	expect(withEarlyHeaders(['X-A', '1', 'content-type', 'a/b'], ['Content-Type', 'c/d', 'X-A', '2'])).toEqual([
		'X-A',
		'1',
		'Content-Type',
		'c/d',
		'X-A',
		'2',
	]);
});
