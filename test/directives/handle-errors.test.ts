import { describe, expect, test } from 'vitest';
import { adapt, plain, refused } from '../caddyfile/support.ts';

describe('handle_errors', () => {
	test('has statuses, ranges of them, or every error', () => {
		const { sites } = adapt(':80 {\n handle_errors 404 5xx {\n respond a\n }\n handle_errors {\n respond b\n }\n}');
		expect(plain(sites[0]?.errorHandlers)).toMatchObject([
			{ statuses: [404, '5xx'], directives: [{ type: 'respond', body: 'a' }] },
			{ statuses: [], directives: [{ type: 'respond', body: 'b' }] },
		]);
	});

	test.each([['handle_errors 40 {\n}', '2:15 bad_value']])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
