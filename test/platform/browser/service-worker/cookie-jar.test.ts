import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CookieJar } from '../../../../src/platform/browser/page/cookie-jar.ts';

const url = (path: string) => `http://host${path}`;

describe('cookies of an app', () => {
	beforeEach(() => vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
	afterEach(() => void vi.useRealTimers());

	test('come back as they were set, the longer path first', () => {
		const jar = new CookieJar();
		jar.store(url('/'), ['a=1%20x; Path=/; HttpOnly; SameSite=Strict; Secure', 'a=2; Path=/shop', 'b="q"; Path=/']);
		expect(jar.header(url('/shop/cart'))).toBe('a=2; a=1%20x; b="q"');
		expect(jar.header(url('/shopping'))).toBe('a=1%20x; b="q"');
	});

	test('without a path are for the folder of the request', () => {
		const jar = new CookieJar();
		jar.store(url('/shop/cart.php'), ['a=1']);
		expect(jar.header(url('/shop/'))).toBe('a=1');
		expect(jar.header(url('/'))).toBeUndefined();
	});

	test('are replaced by name and path, and removed as PHP does it', () => {
		const jar = new CookieJar();
		jar.store(url('/'), ['a=1', 'b=1']);
		jar.store(url('/'), ['a=2', 'b=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT; Max-Age=0']);
		expect(jar.header(url('/'))).toBe('a=2');
	});

	test('end when their time is over; Max-Age has the last word', () => {
		const jar = new CookieJar();
		jar.store(url('/'), [
			'a=1; Expires=Thu, 01 Jan 2026 00:00:10 GMT',
			'b=1; Max-Age=20; Expires=Thu, 01 Jan 2026 00:00:01 GMT',
		]);
		vi.advanceTimersByTime(9_000);
		expect(jar.header(url('/'))).toBe('a=1; b=1');
		vi.advanceTimersByTime(5_000);
		expect(jar.header(url('/'))).toBe('b=1');
		vi.advanceTimersByTime(10_000);
		expect(jar.header(url('/'))).toBeUndefined();
	});

	test('that are none are passed over', () => {
		const jar = new CookieJar();
		jar.store(url('/'), ['', '; Path=/', '=x', 'just text']);
		expect(jar.header(url('/'))).toBeUndefined();
	});
});
