import { describe, expect, test } from 'vitest';
import { directives } from '../caddyfile/support.ts';

describe('error', () => {
	test.each([['error "no" 403', { type: 'error', status: 403, message: 'no' }]])('%j', (line, expected) => {
		expect(directives(line)).toMatchObject([expected]);
	});
});
