import { describe, expect, test } from 'vitest';
import { directives, refused } from '../caddyfile/support.ts';
import { ECHO, serveSite } from '../site/serve-site.ts';

describe('request_header', () => {
	test.each([
		['request_header X-A b', { operation: 'set', field: 'X-A', value: 'b' }],
		['request_header /x +X-A: b', { operation: 'add', field: 'X-A', value: 'b' }],
		['request_header -X-*', { operation: 'delete', field: 'X-*' }],
		['request_header X-A a(b) $1', { operation: 'replace', field: 'X-A', search: 'a(b)', replacement: '$1' }],
	])('%j', (line, operation) => {
		expect(directives(line)).toMatchObject([{ type: 'request_header', operation }]);
	});

	test.each(['HTTP/1', 'HTTP/2'])('PHP, matchers and placeholders see what it has made (%s)', async (version) => {
		const { ask } = await serveSite(
			`root .
			@set header X-Missing yes
			route {
			request_header -Proxy-*
			request_header X-Set "é {method}"
			request_header +X-Added two
			request_header ?X-There no
			request_header ?X-Missing yes
			request_header X-Word (o) <$1>
			request_header Host other.test
			request_header -Content-L*
			header @set X-Seen {header.X-Word}
			php_server
			}`,
			{ files: { 'index.php': '' }, script: ECHO, http2: version === 'HTTP/2' },
		);
		const headers = { 'proxy-a': '1', 'x-set': 'old', 'x-added': 'one', 'x-there': 'is', 'x-word': 'foo' };
		const answer = await ask('/', { method: 'POST', body: 'abc', headers: { ...headers, 'content-length': '3' } });
		expect(answer.headers['x-seen']).toBe('f<o><o>');
		const { headers: flat, contentLength, serverName } = JSON.parse(answer.body);
		expect({ contentLength, serverName }).toEqual({ contentLength: 3, serverName: 'other.test' });
		const pairs: [string, string][] = [];
		for (let at = 0; at < flat.length; at += 2) pairs.push([flat[at].toLowerCase(), flat[at + 1]]);
		const own = pairs.filter(([name]) => /^(?:x-|proxy-|host$)/.test(name)).sort();
		expect(own).toEqual([
			['host', 'other.test'],
			['x-added', 'one'],
			['x-added', 'two'],
			['x-missing', 'yes'],
			['x-set', 'é POST'],
			['x-there', 'is'],
			['x-word', 'f<o><o>'],
		]);
	});

	test.each([
		['request_header', '2:1 bad_arguments'],
		['request_header content-length: 1', '2:16 unsupported'],
		['request_header -Transfer-Encoding', '2:16 unsupported'],
		['request_header {\n A b\n}', '3:2 bad_arguments'],
	])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
