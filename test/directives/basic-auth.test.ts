import { describe, expect, test } from 'vitest';
import { adapt, directives, refused } from '../caddyfile/support.ts';

describe('basic_auth', () => {
	test('basicauth is its old name, with a warning', () => {
		const { sites, warnings } = adapt(':80 {\n basicauth {\n bob x\n }\n}');
		expect(sites[0]?.directives).toMatchObject([{ type: 'basic_auth' }]);
		expect(warnings).toMatchObject([
			{ message: "'basicauth' is the old name of 'basic_auth'", position: { line: 2, column: 2 } },
		]);
	});

	test.each([
		[
			'basic_auth /admin/* bcrypt Staff {\n bob $2a$14$x\n}',
			{ realm: 'Staff', accounts: [{ user: 'bob', passwordHash: '$2a$14$x' }] },
		],
	])('%j', (line, expected) => {
		expect(directives(line)).toMatchObject([expected]);
	});

	test.each([
		['basic_auth', '2:1 bad_arguments'],
		['basic_auth {\n bob\n}', '3:2 bad_arguments'],
	])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
