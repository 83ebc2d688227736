import { describe, expect, test } from 'vitest';
import { directives } from '../caddyfile/support.ts';

describe('php', () => {
	test('env: what a request completes, and what is so for all', () => {
		expect(
			directives('php {\n env A {host}\n env B {env.HOME}\n env C `{"a": 1}`\n env D {env.X}{path}\n env A plain\n}'),
		).toMatchObject([{ env: { A: 'plain', B: '{env.HOME}', C: '{"a": 1}' }, requestEnv: { D: '{env.X}{path}' } }]);
		expect(directives('php')[0]).not.toHaveProperty('requestEnv');
	});

	test.each([['php {\n root /srv\n}', { type: 'php', root: '/srv' }]])('%j', (line, expected) => {
		expect(directives(line)).toMatchObject([expected]);
	});
});
