import { describe, expect, test } from 'vitest';
import { isSecretName, redact } from '../../src/log/redaction.ts';

describe('redact', () => {
	test('secrets at any depth, whatever their spelling', () => {
		const context = {
			headers: { Authorization: 'Basic x', 'Set-Cookie': ['a=1'], accept: '*/*' },
			server: { HTTP_COOKIE: 'b=2', HTTP_PROXY_AUTHORIZATION: 'c', PHP_AUTH_PW: 'd', PHP_AUTH_USER: 'anna' },
			list: [{ dbPassword: 'e', api_key: 'f', csrfToken: 'g', AWS_SECRET_ACCESS_KEY: { deep: 'h' } }],
		};
		expect(redact(context)).toEqual({
			headers: { Authorization: '[redacted]', 'Set-Cookie': '[redacted]', accept: '*/*' },
			server: {
				HTTP_COOKIE: '[redacted]',
				HTTP_PROXY_AUTHORIZATION: '[redacted]',
				PHP_AUTH_PW: '[redacted]',
				PHP_AUTH_USER: 'anna',
			},
			list: [
				{
					dbPassword: '[redacted]',
					api_key: '[redacted]',
					csrfToken: '[redacted]',
					AWS_SECRET_ACCESS_KEY: '[redacted]',
				},
			],
		});
		expect(context.headers.Authorization).toBe('Basic x');
	});

	test.each([
		'author',
		'authority',
		'cookies_enabled',
		'passenger',
		'compass',
		'bypass',
		'key',
		'sidekick',
		'thread',
	])('%s is no secret', (name) => {
		expect(isSecretName(name)).toBe(false);
	});

	test('whatever it is given, it returns something that JSON can hold', () => {
		const circular: Record<string, unknown> = {
			big: 10n,
			bytes: new Uint8Array(3),
			when: new Date(0),
			bad: new Date('x'),
		};
		circular.self = circular;
		Object.defineProperty(circular, 'trap', {
			enumerable: true,
			get: () => ({
				get x() {
					throw new Error('no');
				},
			}),
		});
		const deep = Array.from({ length: 50 }).reduce((inner: unknown) => ({ inner }), 1);
		const redacted = redact({
			circular,
			deep,
			error: new TypeError('wrong'),
			map: new Map([['token', 1]]),
			level: 'x',
		});
		expect(() => JSON.stringify(redacted)).not.toThrow();
		expect(redacted).toMatchObject({
			circular: {
				big: '10',
				bytes: '[3 bytes]',
				when: '1970-01-01T00:00:00.000Z',
				self: '[circular]',
				trap: '[unreadable]',
			},
			error: { type: 'TypeError', message: 'wrong' },
			map: { token: '[redacted]' },
			level_: 'x',
		});
	});
});
