import { describe, expect, test } from 'vitest';
import { adapt, plain, refused } from '../caddyfile/support.ts';

describe('log', () => {
	test.each([
		['log', {}],
		['log shop {\n level warn\n format json\n}', { name: 'shop', level: 'WARN', format: 'json' }],
		['log {\n output file a.log\n}', { output: { type: 'file', path: 'a.log' } }],
		['log {\n hostnames a.test b.test\n}', { hostnames: ['a.test', 'b.test'] }],
	])('%j', (line, expected) => {
		expect(plain(adapt(`:80 {\n${line}\n}`).sites[0]?.logs)).toEqual([expected]);
	});

	test.each([['log {\n output net x\n}', '3:9 unsupported']])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
