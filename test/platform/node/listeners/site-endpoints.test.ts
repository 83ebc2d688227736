import { describe, expect, test } from 'vitest';
import { CaddyfileError } from '../../../../src/caddyfile/errors.ts';
import { findHost, planEndpoints } from '../../../../src/scopes/site-endpoints.ts';
import { adapt } from '../../../caddyfile/support.ts';

type Options = Parameters<typeof planEndpoints>[1];
const DEFAULTS: Options = { httpPort: 80, httpsPort: 443, autoHttps: 'on' };

/** `https 443: localhost, http 80: localhost → 443`, sorted. */
function plan(caddyfile: string, options: Partial<Options> = {}): string[] {
	return planEndpoints(adapt(caddyfile).sites, { ...DEFAULTS, ...options })
		.map(({ scheme, port, hosts }) => {
			const routes = hosts.map(({ host, site, redirectPort }) =>
				site ? host || '*any*' : `${host} → ${redirectPort}`,
			);
			return `${scheme} ${port}: ${routes.sort().join(' ')}`;
		})
		.sort();
}

describe('which sockets sites need', () => {
	test.each<[string, Partial<Options>, string[]]>([
		[':8080 {\n}', {}, ['http 8080: *any*']],
		['localhost {\n}', {}, ['http 80: localhost → 443', 'https 443: localhost']],
		['localhost:8443 {\n}', {}, ['http 80: localhost → 8443', 'https 8443: localhost']],
		['localhost:80 {\n}', {}, ['http 80: localhost']],
		['http://localhost {\n}', {}, ['http 80: localhost']],
		['http://localhost:9000 {\n}', {}, ['http 9000: localhost']],
		['https://:8443 {\n}', {}, ['https 8443: *any*']],
		['localhost {\n}', { autoHttps: 'off' }, ['http 80: localhost']],
		['https://localhost {\n}', { autoHttps: 'off' }, ['https 443: localhost']],
		['localhost {\n}', { autoHttps: 'disable_redirects' }, ['https 443: localhost']],
		['localhost {\n}', { httpPort: 8080, httpsPort: 8443 }, ['http 8080: localhost → 8443', 'https 8443: localhost']],
		['localhost:8080 {\n}', { httpPort: 8080 }, ['http 8080: localhost']],
		[':8443 {\n\ttls internal\n}', {}, ['https 8443: *any*']],
		['a.test, b.test {\n}', {}, ['http 80: a.test → 443 b.test → 443', 'https 443: a.test b.test']],
		['a.test {\n}\nhttp://b.test {\n}', {}, ['http 80: a.test → 443 b.test', 'https 443: a.test']],
		// A site of its own for HTTP is not replaced by a redirect.
		['a.test {\n}\nhttp://a.test {\n}', {}, ['http 80: a.test', 'https 443: a.test']],
		['*.a.test {\n}', {}, ['http 80: *.a.test → 443', 'https 443: *.a.test']],
		['[::1]:8443 {\n}', {}, ['http 80: ::1 → 8443', 'https 8443: ::1']],
		// Port 0 is any free one: two sockets may both ask for it.
		['http://:0 {\n}\nhttps://:0 {\n}', {}, ['http 0: *any*', 'https 0: *any*']],
	])('%j %j', (caddyfile, options, expected) => {
		expect(plan(caddyfile, options)).toEqual(expected);
	});

	test.each([
		[':8080 {\n}\nhttps://a.test:8080 {\n}', /port 8080 is used for HTTP and for HTTPS/],
		['http://a.test {\n\ttls internal\n}', /cannot be served by http:\/\//],
		['a.test {\n}\na.test:443 {\n}', /two sites are served for 'a.test' on port 443/],
	])('%j contradicts itself', (caddyfile, message) => {
		expect(() => plan(caddyfile)).toThrow(CaddyfileError);
		expect(() => plan(caddyfile)).toThrow(message);
	});
});

describe('which site a host has', () => {
	const table = new Map(['a.test', '*.test', '*.b.test', '*.*.test', '*', ''].map((host) => [host, host || 'any']));

	test.each([
		['a.test', 'a.test'],
		['c.test', '*.test'],
		['x.b.test', '*.b.test'],
		['x.c.test', '*.*.test'],
		['localhost', '*'],
		['x.y.z.test', 'any'],
		['', 'any'],
	])('%j: %j', (host, expected) => {
		expect(findHost(table, host)).toBe(expected);
	});

	test('none, when nothing is for every host', () => {
		expect(findHost(new Map([['a.test', 1]]), 'b.test')).toBeUndefined();
		expect(findHost(new Map([['*.test', 1]]), 'test')).toBeUndefined();
		expect(findHost(new Map([['*', 1]]), '')).toBeUndefined();
	});
});
