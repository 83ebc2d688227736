import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { request as plainRequest, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DEFAULT_SERVERS } from '../../../../src/adapt/servers.ts';
import { encodeResponse } from '../../../../src/platform/node/http/encode-response.ts';
import { noteUser, skipLog } from '../../../../src/platform/node/http/http-request.ts';
import { createAccessLogger } from '../../../../src/platform/node/listeners/access-log.ts';
import { adapt, directives } from '../../../caddyfile/support.ts';
import { eventually } from '../../../support/eventually.ts';
import { ask, askTwo, type Handle, handler, open, options, portOf, session, temporaryFolder } from './support.ts';

type Line = Record<string, unknown> & { request: Record<string, unknown> & { headers: Record<string, string[]> } };

/** A site whose log goes to `access.log`; `log` is what else stands in its block. */
async function logged(handle: Handle, { log = '', address = 'http://:0', trustedProxies = [] as string[] } = {}) {
	const folder = temporaryFolder();
	const [site] = adapt(`${address} {\n\tlog {\n\t\toutput file logs/access.log\n${log}\n\t}\n}`).sites;
	if (site === undefined) throw new Error('There is no site.');
	const access = createAccessLogger(site.logs, { folder });
	if (access === undefined) throw new Error('There is no log.');
	onTestFinished(() => access.close());
	const given = options({ folder, servers: { ...DEFAULT_SERVERS, trustedProxies } });
	const listeners = await open([{ site, handler: handler(handle), accessLog: access.log }], given);
	const file = join(folder, 'logs', 'access.log');
	const text = (): string => readFileSync(file, 'utf8');
	return {
		listeners,
		file,
		text,
		lines: (count: number): Promise<Line[]> =>
			eventually(`${count} lines of the log`, () => {
				const all = text().split('\n').filter(Boolean);
				return all.length >= count && all.map((line) => JSON.parse(line) as Line);
			}),
	};
}

const answers: Handle = (request, response) => {
	const plain = response as ServerResponse;
	const status = Number(/\d{3}/.exec(request.url ?? '')?.[0] ?? 200);
	plain.setHeader('Set-Cookie', ['a=1', 'b=2']);
	plain.writeHead(status, { 'Content-Type': 'text/plain', 'X-Answer': 'yes' });
	plain.end('hello');
};

describe('a line of the access log', () => {
	test('has what Caddy has, without secrets', async () => {
		const { listeners, lines, text, file } = await logged(answers);
		const headers = {
			Authorization: 'Bearer abc123',
			Cookie: 'session=abc123',
			'X-Api-Key': 'abc123',
			'User-Agent': 'test',
			Accept: ['a', 'b'],
		};
		await ask({ port: portOf(listeners), host: 'a.test', path: '/x?y=z', method: 'POST', headers, body: 'four' });
		const [line] = await lines(1);
		expect(line).toMatchObject({
			level: 'info',
			logger: 'http.log.access',
			msg: 'handled request',
			request: {
				remote_ip: '127.0.0.1',
				remote_port: expect.stringMatching(/^\d+$/),
				client_ip: '127.0.0.1',
				proto: 'HTTP/1.1',
				method: 'POST',
				host: 'a.test',
				uri: '/x?y=z',
			},
			user_id: '',
			duration: expect.any(Number),
			size: 5,
			status: 200,
		});
		expect(line?.request.headers).toMatchObject({
			Authorization: ['REDACTED'],
			Cookie: ['REDACTED'],
			'X-Api-Key': ['REDACTED'],
			'User-Agent': ['test'],
			Accept: ['a', 'b'],
		});
		expect(line?.request).not.toHaveProperty('tls');
		expect(line?.resp_headers).toMatchObject({
			'Set-Cookie': ['REDACTED', 'REDACTED'],
			'Content-Type': ['text/plain'],
			'X-Answer': ['yes'],
		});
		expect(text()).not.toContain('abc123');
		expect(statSync(file).mode & 0o007).toBe(0);
	});

	test('by HTTP/2', async () => {
		const { listeners, lines } = await logged(answers, { address: 'https://:0' });
		const client = session(portOf(listeners, 'https'));
		const answer = await askTwo(client, { ':path': '/x', cookie: 'a=abc123' });
		expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
		const [line] = await lines(1);
		expect(line).toMatchObject({
			status: 200,
			size: 5,
			request: {
				proto: 'HTTP/2.0',
				host: 'localhost',
				uri: '/x',
				headers: { Cookie: ['REDACTED'] },
				tls: { version: 'TLSv1.3', cipher_suite: expect.stringMatching(/^TLS_/), server_name: 'localhost' },
			},
			resp_headers: { 'Set-Cookie': ['REDACTED', 'REDACTED'] },
		});
		expect(Object.keys(line?.request.headers ?? {}).filter((name) => name.startsWith(':'))).toEqual([]);
	});

	test('behind a trusted proxy, the client is another one than the remote', async () => {
		const { listeners, lines } = await logged(answers, { trustedProxies: ['127.0.0.1'] });
		await ask({ port: portOf(listeners), headers: { 'X-Forwarded-For': '1.2.3.4' } });
		expect((await lines(1))[0]?.request).toMatchObject({ remote_ip: '127.0.0.1', client_ip: '1.2.3.4' });
	});

	test('names the user that has logged in', async () => {
		const { listeners, lines } = await logged((request, response, client) => {
			noteUser(request, 'bob');
			answers(request, response, client);
		});
		await ask({ port: portOf(listeners) });
		expect((await lines(1))[0]?.user_id).toBe('bob');
	});

	test('failures of the server are errors, others are not', async () => {
		const { listeners, lines } = await logged(answers);
		for (const path of ['/404', '/500', '/200']) await ask({ port: portOf(listeners), path });
		expect((await lines(3)).map(({ level, status }) => [level, status])).toEqual([
			['info', 404],
			['error', 500],
			['info', 200],
		]);
	});

	test('what a client sends makes no line of its own', async () => {
		const { listeners, lines } = await logged(answers);
		await ask({ port: portOf(listeners), path: '/%0A{"level":"error"}', headers: { 'X-A': 'a"\\b' } });
		const all = await lines(1);
		expect(all).toHaveLength(1);
		expect(all[0]?.request.headers['X-A']).toEqual(['a"\\b']);
	});

	test('the size is what was sent: compressed, and nothing for HEAD', async () => {
		const [directive] = directives('encode gzip') as Parameters<typeof encodeResponse>[2][];
		const { listeners, lines } = await logged((request, response) => {
			encodeResponse(request, response, directive as Parameters<typeof encodeResponse>[2]);
			(response as ServerResponse).setHeader('Content-Type', 'text/plain');
			(response as ServerResponse).end('x'.repeat(10_000));
		});
		const port = portOf(listeners);
		const answer = await ask({ port, headers: { 'Accept-Encoding': 'gzip' } });
		await ask({ port, method: 'HEAD' });
		const [first, second] = await lines(2);
		expect(first).toMatchObject({ size: answer.body.byteLength, resp_headers: { 'Content-Encoding': ['gzip'] } });
		expect(second).toMatchObject({ size: 0 });
	});

	test('is written for a client that goes away, with status 0 if nothing was answered', async () => {
		const begun = Promise.withResolvers<ServerResponse>();
		const { listeners, lines } = await logged((_request, response) => begun.resolve(response as ServerResponse));
		const request = plainRequest({ host: '127.0.0.1', port: portOf(listeners) }).end();
		request.on('error', () => {});
		const closed = once(await begun.promise, 'close');
		request.destroy();
		await closed;
		expect((await lines(1))[0]).toMatchObject({ status: 0, size: 0, level: 'info' });
	});
});

describe('what is logged, and how', () => {
	test('hostnames', async () => {
		const { listeners, lines } = await logged(answers, { log: 'hostnames A.test b.test' });
		const port = portOf(listeners);
		for (const host of ['a.test', 'c.test', 'b.test:80']) await ask({ port, host });
		expect((await lines(2)).map(({ request }) => request.host)).toEqual(['a.test', 'b.test:80']);
	});

	test('level', async () => {
		const { listeners, lines } = await logged(answers, { log: 'level ERROR' });
		for (const path of ['/200', '/503']) await ask({ port: portOf(listeners), path });
		expect((await lines(1)).map(({ status }) => status)).toEqual([503]);
	});

	test('format console is for people', async () => {
		const { listeners, text } = await logged(answers, { log: 'format console' });
		await ask({ port: portOf(listeners) });
		await eventually('a line', () => text() !== '');
		expect(text()).toContain('handled request');
		expect(() => JSON.parse(text().split('\n')[0] ?? '')).toThrow();
	});

	test('format filter keeps a secret of the query out of it', async () => {
		const log = 'format filter {\n request>uri query {\n replace authorization REDACTED\n }\n size delete\n }';
		const { listeners, lines } = await logged(answers, { log });
		await ask({ port: portOf(listeners), path: '/x?authorization=secret&b=1' });
		const [line] = await lines(1);
		expect(line?.request.uri).toBe('/x?authorization=REDACTED&b=1');
		expect(line).not.toHaveProperty('size');
	});

	test('what is to be skipped has no line', async () => {
		const { listeners, lines } = await logged((request, response, client) => {
			if (request.url === '/health') skipLog(request);
			answers(request, response, client);
		});
		await ask({ port: portOf(listeners), path: '/health' });
		await ask({ port: portOf(listeners), path: '/page' });
		expect((await lines(1)).map(({ request }) => request.uri)).toEqual(['/page']);
	});

	test('a name is part of the logger', async () => {
		const folder = temporaryFolder();
		const [site] = adapt(':80 {\n\tlog shop {\n\t\toutput file a.log\n\t}\n\tlog {\n\t\toutput discard\n\t}\n}').sites;
		const access = createAccessLogger(site?.logs ?? [], { folder });
		onTestFinished(() => access?.close());
		const by = handler(answers);
		const listeners = await open([
			{ ...siteOf('http://:0 {\n}'), handler: by, ...(access && { accessLog: access.log }) },
		]);
		await ask({ port: portOf(listeners) });
		const line = await eventually('a line', () => readFileSync(join(folder, 'a.log'), 'utf8'));
		expect(JSON.parse(line).logger).toBe('http.log.access.shop');
	});

	test('no log, no logger', () => {
		expect(createAccessLogger([], { folder: '/' })).toBeUndefined();
	});
});

function siteOf(caddyfile: string) {
	const [site] = adapt(caddyfile).sites;
	if (site === undefined) throw new Error('There is no site.');
	return { site };
}
