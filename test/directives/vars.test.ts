import { describe, expect, test } from 'vitest';
import { directives, refused } from '../caddyfile/support.ts';
import { serveSite } from '../site/serve-site.ts';

describe('vars', () => {
	test('one, or a block of them', () => {
		expect(directives('vars a {path}', 'vars /x {\n b 1\n c 2\n}')).toMatchObject([
			{ values: [{ name: 'a', value: '{path}' }] },
			{
				matcher: [{ patterns: ['/x'] }],
				values: [
					{ name: 'b', value: '1' },
					{ name: 'c', value: '2' },
				],
			},
		]);
	});

	test('the last that matches wins, and the most specific is the last', async () => {
		const { ask } = await serveSite(`
			vars /a/b* who both
			vars who "nobody at {path}"
			vars /a* who a
			@both vars who both
			header @both X-Both yes
			respond "{vars.who}{vars.none}"`);
		expect(await ask('/a/b')).toMatchObject({ body: 'both', headers: { 'x-both': 'yes' } });
		expect((await ask('/a')).body).toBe('a');
		expect((await ask('/c')).body).toBe('nobody at /c');
	});

	test.each([
		['vars', '2:1 bad_arguments'],
		['vars a', '2:1 bad_arguments'],
		['vars a b c', '2:10 bad_arguments'],
		['vars root /srv', '2:1 unsupported'],
	])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
