import { describe, expect, test } from 'vitest';
import { directives, refused } from '../caddyfile/support.ts';

describe('encode', () => {
	test.each([
		['encode', { encodings: [{ name: 'zstd' }, { name: 'gzip' }], minimumLength: 512 }],
		[
			'encode br {\n gzip 6\n minimum_length 1\n match header Content-Type text/*\n}',
			{
				encodings: [{ name: 'gzip', level: 6 }, { name: 'br' }],
				minimumLength: 1,
				match: { statuses: [], headers: [{ name: 'content-type', values: ['text/*'] }] },
			},
		],
	])('%j', (line, expected) => {
		expect(directives(line)).toMatchObject([expected]);
	});

	test.each([['encode lz4', '2:8 bad_value']])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
