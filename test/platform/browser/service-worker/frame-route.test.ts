import { describe, expect, test } from 'vitest';
import { routeByReferrer, routeOf, seenLocation } from '../../../../src/platform/browser/service-worker/frame-route.ts';

const scope = new URL('https://host/some/path/');
const seen = (path: string) => new URL(path, 'https://host');
const route = routeOf(seen('/some/path/php/p1/shop/cart?x=1'), scope)!;

describe('routes', () => {
	test('have the page, the prefix, and the URL as the app sees it', () => {
		expect(route).toEqual({ pageId: 'p1', prefix: '/some/path/php/p1/', appUrl: 'https://host/shop/cart?x=1' });
		expect(routeOf(seen('/some/path/php/p1/'), scope)?.appUrl).toBe('https://host/');
	});

	test('a path with two slashes in front stays on the host', () => {
		expect(new URL(routeOf(seen('/some/path/php/p1//evil.example/x'), scope)!.appUrl).host).toBe('host');
	});

	test.each([
		'/some/path/',
		'/some/path/php/p1',
		'/some/path/php/a.b/x',
		'/php/p1/x',
		'https://other/some/path/php/p1/x',
	])('%s is none', (path) => expect(routeOf(seen(path), scope)).toBeUndefined());

	test('are told by the referrer for what an app asks for by an absolute path', () => {
		const referrer = 'https://host/some/path/php/p1/shop/';
		expect(routeByReferrer(seen('/logo.png?v=2'), referrer, scope)?.appUrl).toBe('https://host/logo.png?v=2');
		expect(routeByReferrer(seen('/logo.png'), 'https://host/some/path/', scope)).toBeUndefined();
		expect(routeByReferrer(seen('/logo.png'), '', scope)).toBeUndefined();
		expect(routeByReferrer(seen('/logo.png'), 'about:client', scope)).toBeUndefined();
		expect(routeByReferrer(seen('/logo.png'), 'https://host.example/some/path/php/p1/', scope)).toBeUndefined();
	});
});

test.each([
	['/login', 'https://host/some/path/php/p1/login'],
	['pay?now#form', 'https://host/some/path/php/p1/shop/pay?now#form'],
	['../', 'https://host/some/path/php/p1/'],
	['https://host/a', 'https://host/some/path/php/p1/a'],
	['/some/path/php/p1/a', 'https://host/some/path/php/p1/a'],
	['https://other/a', 'https://other/a'],
])('Location: %s is seen as %s', (location, expected) => expect(seenLocation(location, route)).toBe(expected));
