import { describe, expect, test } from 'vitest';
import { directives, refused } from '../caddyfile/support.ts';
import { serveSite } from '../site/serve-site.ts';

describe('metrics', () => {
	test('for some requests', () => {
		expect(directives('metrics /metrics {\n disable_openmetrics\n}')).toMatchObject([
			{ type: 'metrics', matcher: [{ patterns: ['/metrics'] }] },
		]);
	});

	test('a site that nobody counts for', async () => {
		const { ask } = await serveSite('route {\n metrics /metrics\n respond other\n}');
		expect((await ask('/metrics')).status).toBe(503);
		expect((await ask('/')).body).toBe('other');
	});

	test.each([['metrics /x y', '2:12 bad_arguments']])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
