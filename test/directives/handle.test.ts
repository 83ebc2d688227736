import { describe, expect, test } from 'vitest';
import { directives, refused } from '../caddyfile/support.ts';

describe('handle', () => {
	test('has its directives in the order of Caddy', () => {
		expect(directives('handle {\n respond a\n header B c\n}')).toMatchObject([
			{ type: 'handle', directives: [{ type: 'header' }, { type: 'respond' }] },
		]);
	});

	test('inherits matchers', () => {
		const [handle] = directives('@a method GET', 'handle {\n @b host x.test\n respond @a yes\n respond @b no\n}');
		expect(handle).toMatchObject({
			directives: [{ matcher: [{ type: 'method' }] }, { matcher: [{ type: 'host', hosts: ['x.test'] }] }],
		});
	});

	test.each([['handle x {\n}', '2:8 bad_arguments']])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});

describe('handle_path', () => {
	test('is sorted among handle, and strips its prefix', () => {
		const [path, handle] = directives('handle {\n}', 'handle_path /api/* {\n file_server\n}');
		expect(path).toMatchObject({ type: 'handle_path', stripPrefix: '/api', matcher: [{ patterns: ['/api/*'] }] });
		expect(handle).toMatchObject({ type: 'handle' });
	});

	test.each([['handle_path x {\n}', '2:13 bad_matcher']])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
