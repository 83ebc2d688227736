import { describe, expect, test } from 'vitest';
import { directives } from '../caddyfile/support.ts';

describe('route', () => {
	test('keeps the order of the file', () => {
		expect(directives('route {\n respond a\n header B c\n}')).toMatchObject([
			{ type: 'route', directives: [{ type: 'respond' }, { type: 'header' }] },
		]);
	});
});
