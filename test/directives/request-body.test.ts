import { describe, expect, test } from 'vitest';
import { directives, refused } from '../caddyfile/support.ts';

describe('request_body', () => {
	test.each([['request_body {\n max_size 10MB\n}', { maxSize: 10_000_000 }]])('%j', (line, expected) => {
		expect(directives(line)).toMatchObject([expected]);
	});

	test.each([['request_body {\n max_size big\n}', '3:11 bad_value']])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
