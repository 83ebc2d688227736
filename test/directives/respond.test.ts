import { describe, expect, test } from 'vitest';
import { directives, refused } from '../caddyfile/support.ts';

describe('respond', () => {
	test('a star keeps its text from being a matcher', () => {
		expect(directives('respond * /a')).toEqual([{ type: 'respond', body: '/a', close: false }]);
	});

	test.each([
		['respond 204', { status: 204, body: '' }],
		['respond "gone" 410 {\n close\n}', { status: 410, body: 'gone', close: true }],
		['respond 404 {\n body `{"a": 1}`\n}', { status: 404, body: '{"a": 1}' }],
	])('%j', (line, expected) => {
		expect(directives(line)).toMatchObject([expected]);
	});

	test.each([
		['respond', '2:1 bad_arguments'],
		['respond a b c', '2:13 bad_arguments'],
		['respond a 999999', '2:11 bad_value'],
	])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
