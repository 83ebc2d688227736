import { describe, expect, test } from 'vitest';
import { directives, refused } from '../caddyfile/support.ts';

describe('uri', () => {
	test.each([
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
	])('%j', (line, expected) => {
		expect(directives(line)).toMatchObject([expected]);
	});

	test.each([
		['uri strip x', '2:5 bad_value'],
		['uri path_regexp ( x', '2:17 bad_value'],
	])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
