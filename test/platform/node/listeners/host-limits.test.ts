import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { DEFAULT_SERVERS } from '../../../../src/adapt/servers.ts';
import { silentLogger } from '../../../../src/log/logger.ts';
import type { HttpRequest, HttpResponse } from '../../../../src/platform/node/http/http-messages.ts';
import { openListeners } from '../../../../src/platform/node/listeners/site-listeners.ts';
import { findHost, planEndpoints } from '../../../../src/scopes/site-endpoints.ts';
import { adapt } from '../../../caddyfile/support.ts';

test('a Host header with thousands of labels is no host, but a site for every host answers it', () => {
	const host = '*.'.repeat(8000).slice(0, -1);
	expect(findHost(new Map([['*.test', 'wild']]), host)).toBeUndefined();
	expect(findHost(new Map([['', 'any']]), host)).toBe('any');
	// A wildcard of that length would be found, if labels were still counted.
	expect(findHost(new Map([[host, 'wild']]), `a${host.slice(1)}`)).toBeUndefined();
});

test.each([
	[':443 {\n}', 443, 'on', 'https'],
	[':8443 {\n}', 8443, 'on', 'https'],
	[':8443 {\n}', 443, 'on', 'http'],
	[':443 {\n}', 443, 'off', 'http'],
	[':0 {\n}', 0, 'on', 'http'],
] as const)('%j with HTTPS on port %i and auto_https %s is served by %s', (caddyfile, httpsPort, autoHttps, scheme) => {
	const [endpoint] = planEndpoints(adapt(caddyfile).sites, { httpPort: 80, httpsPort, autoHttps });
	expect(endpoint?.scheme).toBe(scheme);
});

test('HTTP/1 by TLS takes as many headers as without', async () => {
	const dataFolder = mkdtempSync(join(tmpdir(), 'igor-headers-'));
	onTestFinished(() => rmSync(dataFolder, { recursive: true, force: true }));
	const [site] = adapt('https://desk.localhost:0 {\n}').sites;
	if (site === undefined) throw new Error('no site');
	const handle = ({ rawHeaders }: HttpRequest, response: HttpResponse) => {
		(response as { end(body: string): unknown }).end(String(rawHeaders.filter((name) => /^x\d+$/.test(name)).length));
	};
	const listeners = await openListeners(
		[{ site, handler: { handle, idle: async () => {} } }],
		{ httpPort: 0, httpsPort: 0, autoHttps: 'off', servers: DEFAULT_SERVERS, folder: dataFolder, dataFolder },
		silentLogger,
	);
	onTestFinished(() => listeners.close(0));
	const headers = Object.fromEntries(Array.from({ length: 1500 }, (_, at) => [`x${at}`, '1']));
	const { port } = new URL(listeners.urls[0] ?? '');
	const asked = request({
		host: '127.0.0.1',
		port,
		servername: 'desk.localhost',
		rejectUnauthorized: false,
		agent: false,
		headers: { host: 'desk.localhost', ...headers },
	});
	asked.end();
	const [response] = await once(asked, 'response');
	expect(await text(response)).toBe('1500');
});
