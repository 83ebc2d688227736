import { describe, expect, test } from 'vitest';
import { DEFAULT_SERVERS } from '../../../../src/adapt/servers.ts';
import type { ClientFacts } from '../../../../src/http/client-facts.ts';
import type { HttpRequest } from '../../../../src/platform/node/http/http-messages.ts';
import { createClientFinder, ProxyRangeError } from '../../../../src/platform/node/listeners/client-address.ts';
import { ask, handler, open, options, portOf, site } from './support.ts';

/** As far as it matters who asks. */
function find(ranges: string[], remoteAddress: string, forwardedFor?: string, proto?: string): ClientFacts {
	const headers = { 'x-forwarded-for': forwardedFor, 'x-forwarded-proto': proto };
	const request = { headers, socket: { remoteAddress, remotePort: 4000, encrypted: false } };
	return createClientFinder(ranges)(request as unknown as HttpRequest);
}

describe('who asks', () => {
	test.each<[string[], string, string | undefined, string]>([
		// Nobody is trusted.
		[[], '10.0.0.1', '1.2.3.4', '10.0.0.1'],
		[['192.0.2.0/24'], '10.0.0.1', '1.2.3.4', '10.0.0.1'],
		[['10.0.0.0/8'], '10.0.0.1', '1.2.3.4', '1.2.3.4'],
		[['10.0.0.0/8'], '10.0.0.1', undefined, '10.0.0.1'],
		[['10.0.0.1'], '::ffff:10.0.0.1', '1.2.3.4', '1.2.3.4'],
		[['10.0.0.0/8'], '::ffff:10.0.0.1', '::FFFF:1.2.3.4', '1.2.3.4'],
		// A chain: what stands left of the first stranger is what the stranger says.
		[['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.2', '1.2.3.4'],
		[['10.0.0.0/8'], '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
		[['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, unknown, 10.0.0.2', '10.0.0.2'],
		[['10.0.0.0/8'], '10.0.0.1', '<script>', '10.0.0.1'],
		[['10.0.0.0/8'], '10.0.0.1', '', '10.0.0.1'],
		// With ports, as some proxies write them.
		[['10.0.0.0/8'], '10.0.0.1', '1.2.3.4:5678', '1.2.3.4'],
		[['10.0.0.0/8'], '10.0.0.1', '[2001:db8::1]:5678', '2001:db8::1'],
		[['10.0.0.0/8'], '10.0.0.1', '[2001:db8::1]', '2001:db8::1'],
		[['2001:db8::/32'], '2001:db8::5', '2001:db8::6, 1.2.3.4, 2001:db8::7', '1.2.3.4'],
		[['private_ranges'], '192.168.1.1', '1.2.3.4', '1.2.3.4'],
		[['private_ranges'], '172.31.0.1', '1.2.3.4', '1.2.3.4'],
		[['private_ranges'], '172.32.0.1', '1.2.3.4', '172.32.0.1'],
		[['private_ranges'], '127.9.9.9', '1.2.3.4', '1.2.3.4'],
		[['private_ranges'], '::1', '1.2.3.4', '1.2.3.4'],
		[['private_ranges'], 'fd12::1', '1.2.3.4', '1.2.3.4'],
		[['fe80::/10'], 'fe80::1%eth0', '1.2.3.4', '1.2.3.4'],
		[['10.0.0.0/8'], 'fe80::1%eth0', '1.2.3.4', 'fe80::1%eth0'],
	])('with %j, %s and X-Forwarded-For %j: %s', (ranges, remote, header, expected) => {
		expect(find(ranges, remote, header).remoteAddress).toBe(expected);
	});

	test('the port is known of a direct client only', () => {
		expect(find(['10.0.0.1'], '1.2.3.4').remotePort).toBe(4000);
		expect(find(['10.0.0.1'], '10.0.0.1', '1.2.3.4').remotePort).toBe(0);
	});

	test('X-Forwarded-Proto counts from trusted proxies, in either form of TLS', () => {
		expect(find(['10.0.0.1'], '10.0.0.1', undefined, 'HTTPS').https).toBe(true);
		expect(find(['10.0.0.1'], '10.0.0.1', '1.2.3.4', 'http').https).toBe(false);
		expect(find(['10.0.0.1'], '10.0.0.1', '1.2.3.4', 'gopher').https).toBe(false);
		expect(find(['10.0.0.1'], '10.0.0.2', '1.2.3.4', 'https').https).toBe(false);
	});

	test.each([
		'10.0.0.0/33',
		'10.0.0.0/8/8',
		'example.com',
		'',
		'::1/129',
		'1.2.3.4/',
		'1.2.3.4/x',
	])('%j is no range', (range) => {
		expect(() => createClientFinder([range])).toThrow(ProxyRangeError);
		expect(() => createClientFinder([range])).toThrow(/trusted_proxies is no address and no network/);
	});

	test('a site is told', async () => {
		const tells = handler((_request, response, client) => {
			(response as { end(text: string): unknown }).end(`${client.remoteAddress} ${client.https}`);
		});
		const trusting = await open(
			[site('http://:0 {\n}', tells)],
			options({ servers: { ...DEFAULT_SERVERS, trustedProxies: ['private_ranges'] } }),
		);
		const distrustful = await open([site('http://:0 {\n}', tells)]);
		const headers = { 'X-Forwarded-For': '6.6.6.6, 1.2.3.4', 'X-Forwarded-Proto': 'https' };
		expect((await ask({ port: portOf(trusting), headers })).text).toBe('1.2.3.4 true');
		expect((await ask({ port: portOf(distrustful), headers })).text).toBe('127.0.0.1 false');
	});
});
