import { describe, expect, test } from 'vitest';
import { directives } from '../caddyfile/support.ts';

describe('rewrite', () => {
	test('a single argument is the URI, not a matcher', () => {
		expect(directives('rewrite /index.php')).toEqual([{ type: 'rewrite', to: '/index.php' }]);
		expect(directives('rewrite /a* /index.php')).toMatchObject([
			{ to: '/index.php', matcher: [{ type: 'path', patterns: ['/a*'] }] },
		]);
	});
});
