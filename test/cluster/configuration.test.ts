import { afterEach, expect, test } from 'vitest';
import { resolveCluster } from '../../src/config/cluster.ts';
import { OptionsError } from '../../src/config/options-error.ts';
import { resolveOptions } from '../../src/config/resolve-options.ts';
import { createOptionsHost } from '../../src/platform/node/config/node-options-host.ts';
import { planScopes } from '../../src/scopes/scope-plan.ts';
import { adapt as adaptText, throughJson } from '../caddyfile/support.ts';
import { cleanUp, run, writeApp } from '../program/support/igor.ts';

afterEach(cleanUp);

const resolve = (path: string) => `/app/${path}`;
const adapt = (lines: string) => adaptText(`{\nfrankenphp {\n${lines}\n}\n}\n:80 {\nrespond ok\n}\n`);

test('a cluster has defaults', () => {
	expect(resolveCluster({ servers: 'nats://10.0.0.1' }, resolve)).toEqual({
		servers: ['10.0.0.1:4222'],
		name: 'igor',
		replicas: 1,
		lease: 5000,
	});
});

test.each([
	[{ servers: [] }, /needs the address of a NATS server/],
	[{ servers: 'http://a' }, /'http:\/\/a' is not the address of a NATS server; write nats:\/\/HOST:PORT/],
	[{ servers: 'nats://a', replicas: 6 }, /at most 5 replicas/],
	[{ servers: 'nats://a', lease: 10 }, /lease of a cluster \(milliseconds\) is '10'.*at least 500/],
	[{ servers: 'nats://a', user: 'u' }, /takes a user and a password together/],
	[{ servers: 'nats://a', token: 't', credentials: 'f' }, /takes one of credentials, user and token/],
	[{ servers: 'nats://a', name: '' }, /1 to 64 characters/],
])('%j is refused', (option, message) => {
	expect(() => resolveCluster(option, resolve)).toThrow(message);
	expect(() => resolveCluster(option, resolve)).toThrow(OptionsError);
});

test('credentials in an address are refused, and not shown', () => {
	const attempt = () => resolveCluster({ servers: 'nats://me:hidden@a' }, resolve);
	expect(attempt).toThrow(/must not contain credentials/);
	expect(attempt).not.toThrow(/hidden/);
});

test('sharing needs a fleet', () => {
	expect(() => resolveOptions({ sidekickShared: ['a'] }, createOptionsHost())).toThrow(/Shared sidekicks need a fleet/);
	const folder = writeApp({ 'mailer.php': '' });
	const backgroundWorkers = [{ name: 'mailer', file: `${folder}/mailer.php`, shared: true }];
	const resolved = (cluster?: { servers: string }) =>
		resolveOptions({ backgroundWorkers, cluster }, createOptionsHost());
	expect(() => resolved()).toThrow(/Shared background workers need a fleet/);
	expect(resolved({ servers: 'nats://a' })).toMatchObject({
		cluster: { servers: ['a:4222'] },
		backgroundWorkers: [{ name: 'mailer', shared: true }],
	});
});

test('a Caddyfile says the same, also as JSON', () => {
	const config = adapt(`cluster nats://a:1 nats://b {
		name shop
		credentials nats.creds
		tls {
			ca ca.pem
		}
		replicas 3
		lease 2s
	}`);
	for (const each of [config, throughJson(config)])
		expect(each.global.frankenphp.cluster).toMatchObject({
			servers: ['nats://a:1', 'nats://b'],
			name: 'shop',
			credentials: 'nats.creds',
			tls: { ca: 'ca.pem' },
			replicas: 3,
			lease: 2000,
		});
});

test.each([
	['user me secret', { user: 'me', password: 'secret' }] as const,
	['token secret', { token: 'secret' }] as const,
])('%s is kept for a start that goes on with it, but not shown', async (line, expected) => {
	expect(throughJson(adapt(`cluster nats://a {\n${line}\n}`)).global.frankenphp.cluster).toMatchObject(expected);
	const folder = writeApp({ Caddyfile: `{\nfrankenphp {\ncluster nats://a {\n${line}\n}\n}\n}\n:0\n` });
	const { out, status } = await run(['adapt'], folder);
	expect(status).toBe(0);
	expect(out).toContain('nats://a');
	expect(out).not.toContain('secret');
});

test('mistakes in a Caddyfile are named with their place', () => {
	expect(() => adapt('cluster')).toThrow(/Caddyfile:3:1: A cluster needs the address/);
	expect(() => adapt('cluster nats://a {\nleese 5s\n}')).toThrow(/leese/);
});

test('a scope that shares needs a fleet, and a name', () => {
	const folder = writeApp({ 'public/index.php': '', console: '' });
	const plan = (cluster: string, name: string) =>
		planScopes(
			adaptText(
				`{\nfrankenphp {\n${cluster}\n}\n}\n:80 {\nroot ${folder}/public\nphp_server {\n${name}\nsidekick {\nentrypoint ${folder}/console\nshared *\n}\n}\n}\n`,
			),
			createOptionsHost(),
			{ phpVersion: '8.4', env: {}, mostThreads: 4 },
		).scopes[0]?.options;
	expect(() => plan('', 'name web')).toThrow(/'shared' needs a fleet.*cluster nats:\/\/HOST:PORT/s);
	expect(() => plan('cluster nats://a', '')).toThrow(/a php_server that shares sidekicks needs a 'name'/);
	expect(plan('cluster nats://a', 'name web')).toMatchObject({
		name: 'web',
		cluster: { servers: ['a:4222'] },
		sidekicks: { shared: ['*'] },
	});
});

test('so does one with a background worker that shares its tasks', () => {
	const folder = writeApp({ 'public/index.php': '', 'mailer.php': '' });
	const plan = (cluster: string, name: string) =>
		planScopes(
			adaptText(
				`{\nfrankenphp {\n${cluster}\n}\n}\n:80 {\nroot ${folder}/public\nphp_server {\n${name}\nworker {\nfile ${folder}/mailer.php\nname mailer\nbackground\nshared\n}\n}\n}\n`,
			),
			createOptionsHost(),
			{ phpVersion: '8.4', env: {}, mostThreads: 4 },
		).scopes[0]?.options;
	expect(() => plan('', 'name web')).toThrow(/'shared' needs a fleet.*cluster nats:\/\/HOST:PORT/s);
	expect(() => plan('cluster nats://a', '')).toThrow(/a php_server that shares tasks needs a 'name'/);
	expect(plan('cluster nats://a', 'name web')).toMatchObject({
		cluster: { servers: ['a:4222'] },
		backgroundWorkers: [{ name: 'mailer', shared: true }],
	});
});
