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

	test('are asked as Caddy sorts them: with statuses first, and of equals the last', () => {
		const handler = (statuses: string, body: string) => `handle_errors ${statuses} {\n respond ${body}\n }\n`;
		const written = [
			['', 'a'],
			['404', 'b'],
			['4xx', 'c'],
			['', 'd'],
			['500', 'e'],
		] as const;
		const { sites } = adapt(`:80 {\n ${written.map(([statuses, body]) => handler(statuses, body)).join(' ')}}`);
		const order = sites[0]?.errorHandlers.map(({ directives: [first] }) => first?.type === 'respond' && first.body);
		expect(plain(order)).toEqual(['e', 'c', 'b', 'd', 'a']);
	});

	test('in a route that is for every request, it belongs to the site, with a warning', () => {
		const { sites, warnings } = adapt(':80 {\n route {\n route * {\n handle_errors {\n respond a\n }\n }\n }\n}');
		expect(plain(sites[0]?.errorHandlers)).toMatchObject([{ statuses: [], directives: [{ body: 'a' }] }]);
		expect(warnings).toMatchObject([{ position: { line: 4 }, message: expect.stringContaining('whole site') }]);
	});

	test.each([
		['handle_errors 40 {\n}', '2:15 bad_value'],
		['route /a {\n handle_errors {\n }\n}', '3:2 bad_arguments'],
		['handle {\n handle_errors {\n }\n}', '3:2 bad_arguments'],
		['route {\n handle {\n handle_errors {\n }\n }\n}', '4:2 bad_arguments'],
		['route {\n log\n}', '3:2 bad_arguments'],
	])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
