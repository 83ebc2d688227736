import { describe, expect, test } from 'vitest';
import { adapt, directives, refusal, refused } from '../caddyfile/support.ts';

describe('redir', () => {
	test('says when its only argument was taken for a matcher', () => {
		expect(refusal(() => adapt(':80 {\n redir /new\n}')).message).toContain("write '*' before it");
	});

	test.each([
		['redir https://{host}{uri} permanent', { to: 'https://{host}{uri}', status: 301, html: false }],
		['redir * /x html', { to: '/x', status: 200, html: true }],
		['redir * /x', { status: 302 }],
	])('%j', (line, expected) => {
		expect(directives(line)).toMatchObject([expected]);
	});

	test.each([
		['redir /new', '2:1 bad_arguments'],
		['redir * /new 500', '2:14 bad_value'],
	])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
