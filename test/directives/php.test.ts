import { describe, expect, test } from 'vitest';
import { directives } from '../caddyfile/support.ts';

describe('php', () => {
	test.each([['php {\n root /srv\n}', { type: 'php', root: '/srv' }]])('%j', (line, expected) => {
		expect(directives(line)).toMatchObject([expected]);
	});
});
