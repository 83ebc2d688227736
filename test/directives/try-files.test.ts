import { describe, expect, test } from 'vitest';
import { directives, refused } from '../caddyfile/support.ts';

describe('try_files', () => {
	test.each([
		['try_files {path} /index.php?{query}', { files: ['{path}', '/index.php?{query}'], policy: 'first_exist' }],
	])('%j', (line, expected) => {
		expect(directives(line)).toMatchObject([expected]);
	});

	test.each([['try_files', '2:1 bad_arguments']])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
