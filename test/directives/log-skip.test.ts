import { describe, expect, test } from 'vitest';
import { adapt, directives, refused } from '../caddyfile/support.ts';

describe('log_skip', () => {
	test('for some requests, also by its old name', () => {
		expect(directives('log_skip /health')).toMatchObject([{ type: 'log_skip', matcher: [{ patterns: ['/health'] }] }]);
		const { sites, warnings } = adapt(':80 {\n skip_log\n}');
		expect(sites[0]?.directives).toMatchObject([{ type: 'log_skip' }]);
		expect(warnings).toMatchObject([{ message: "'skip_log' is the old name of 'log_skip'" }]);
	});

	test.each([['log_skip x', '2:10 bad_arguments']])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
