import { describe, expect, test } from 'vitest';
import { directives, refused } from '../caddyfile/support.ts';

describe('file_server', () => {
	test.each([
		[
			'file_server {\n root /srv\n hide .git\n index a.html\n precompressed\n status 404\n pass_thru\n disable_canonical_uris\n}',
			{
				root: '/srv',
				hide: ['.git'],
				index: ['a.html'],
				browse: false,
				precompressed: ['br', 'zstd', 'gzip'],
				status: 404,
				passThru: true,
				canonicalUris: false,
			},
		],
	])('%j', (line, expected) => {
		expect(directives(line)).toMatchObject([expected]);
	});

	test.each([['file_server brwose', '2:13 bad_value']])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
