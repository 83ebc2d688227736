import { describe, expect, test } from 'vitest';
import { adapt, plain, refused } from '../caddyfile/support.ts';

describe('tls', () => {
	test.each([
		['tls internal', { source: 'internal' }],
		['tls a.crt a.key', { source: 'files', certificate: 'a.crt', key: 'a.key' }],
	])('%j', (line, expected) => {
		expect(plain(adapt(`:443 {\n${line}\n}`).sites[0]?.tls)).toEqual(expected);
	});

	test.each([
		['handle {\n tls internal\n}', '3:2 bad_arguments'],
		['tls me@example.test', '2:5 unsupported'],
		['tls internal {\n alpn h2\n}', '3:2 unsupported'],
		['tls internal\ntls internal', '3:1 conflict'],
	])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
