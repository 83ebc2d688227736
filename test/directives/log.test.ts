import { describe, expect, test } from 'vitest';
import { adapt, plain, refused } from '../caddyfile/support.ts';

describe('log', () => {
	test.each([
		['log', {}],
		['log shop {\n level warn\n format json\n}', { name: 'shop', level: 'WARN', format: 'json' }],
		['log {\n output file a.log\n}', { output: { type: 'file', path: 'a.log' } }],
		[
			'log {\n format filter {\n  request>uri query {\n   replace a B\n  }\n }\n}',
			{ filters: { 'request>uri': { type: 'query', actions: [{ action: 'replace', parameter: 'a', value: 'B' }] } } },
		],
		...(['cookie', 'set_cookie'] as const).map((type): [string, object] => [
			`log {\n format filter {\n  jar ${type} {\n   hash a\n   replace b C\n  }\n }\n}`,
			{
				filters: {
					jar: {
						type,
						actions: [
							{ action: 'hash', parameter: 'a' },
							{ action: 'replace', parameter: 'b', value: 'C' },
						],
					},
				},
			},
		]),
		['log {\n format filter {\n  wrap console\n }\n}', { format: 'console', filters: {} }],
		[
			'log {\n output file a.log {\n  roll_size 1KB\n  roll_keep 0\n  roll_keep_for 30h\n  roll_uncompressed\n  mode 600\n }\n}',
			{
				output: {
					type: 'file',
					path: 'a.log',
					mode: 0o600,
					rolling: { size: 1_048_576, keep: 10, keepFor: 172_800_000, compress: false, localTime: false },
				},
			},
		],
		[
			'log {\n output file a.log {\n  roll_disabled\n }\n}',
			{ output: { type: 'file', path: 'a.log', rolling: false } },
		],
		['log {\n hostnames a.test b.test\n}', { hostnames: ['a.test', 'b.test'] }],
	])('%j', (line, expected) => {
		expect(plain(adapt(`:80 {\n${line}\n}`).sites[0]?.logs)).toEqual([expected]);
	});

	test.each([
		['log {\n output net x\n}', '3:9 unsupported'],
		['log {\n output file a {\n  roll_compression zstd\n }\n}', '4:20 bad_value'],
		['log {\n output file a {\n  roll_at 00:00\n }\n}', '4:3 unsupported'],
		['log {\n format filter {\n  uri\n }\n}', '4:3 bad_arguments'],
		['log {\n format filter {\n  uri qury\n }\n}', '4:7 bad_value'],
		['log {\n format filter {\n  uri delete\n  uri hash\n }\n}', '5:3 conflict'],
		['log {\n format filter {\n  uri regexp (\n }\n}', '4:14 bad_value'],
		['log {\n format filter {\n  uri ip_mask 33\n }\n}', '4:15 bad_value'],
		['log {\n format json {\n  time_format x\n }\n}', '4:3 bad_arguments'],
	])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
