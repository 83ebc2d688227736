import { describe, expect, test } from 'vitest';
import { directives, refused } from '../caddyfile/support.ts';

describe('header', () => {
	test.each([
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
	])('%j', (line, expected) => {
		expect(directives(line)).toMatchObject([expected]);
	});

	test.each([['header', '2:1 bad_arguments']])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
