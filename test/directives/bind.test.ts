import { describe, expect, test } from 'vitest';
import { planEndpoints } from '../../src/scopes/site-endpoints.ts';
import { adapt, refused } from '../caddyfile/support.ts';

/** `SCHEME ADDRESS:PORT HOSTS` of each socket. */
function sockets(caddyfile: string): string[] {
	const { sites, global } = adapt(caddyfile);
	return planEndpoints(sites, global).map(
		({ scheme, address, port, hosts }) => `${scheme} ${address}:${port} ${hosts.map(({ host }) => host).join(' ')}`,
	);
}

describe('bind', () => {
	test('a site listens on its addresses, its redirects too; others on those of default_bind, or on all', () => {
		const sites = 'a.test {\n bind 127.0.0.1 [::1]\n}\nhttp://b.test {\n}\n';
		expect(sockets(sites)).toEqual([
			'https 127.0.0.1:443 a.test',
			'https ::1:443 a.test',
			'http :80 b.test',
			'http 127.0.0.1:80 a.test',
			'http ::1:80 a.test',
		]);
		expect(sockets(`{\n default_bind 127.0.0.1\n auto_https disable_redirects\n}\n${sites}`)).toEqual([
			'https 127.0.0.1:443 a.test',
			'https ::1:443 a.test',
			'http 127.0.0.1:80 b.test',
		]);
		expect(sockets(':8080 {\n bind 0.0.0.0 ::\n}')).toEqual(['http :8080 ']);
	});

	test.each([
		['bind', '2:1 bad_arguments'],
		['bind unix//run/igor.sock', '2:6 unsupported'],
		['bind 127.0.0.1 {\n protocols h1\n}', '3:2 bad_arguments'],
	])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
