import { describe, expect, test } from 'vitest';
import { directives, refused } from '../caddyfile/support.ts';

describe('root', () => {
	test('a single argument is the folder, not a matcher', () => {
		expect(directives('root /srv')).toEqual([{ type: 'root', path: '/srv' }]);
		expect(directives('root /a* /srv')).toMatchObject([
			{ path: '/srv', matcher: [{ type: 'path', patterns: ['/a*'] }] },
		]);
	});

	test.each([['root', '2:1 bad_arguments']])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
