import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CaddyfileError } from '../../../../src/caddyfile/errors.ts';
import { ListenError } from '../../../../src/http/listen-error.ts';
import { CertificateError } from '../../../../src/platform/node/listeners/certificate-authority.ts';
import { ProxyRangeError } from '../../../../src/platform/node/listeners/client-address.ts';
import { CapturingLogger } from '../../../support/capturing-logger.ts';
import { freePort } from '../../../support/free-port.ts';
import { ask, askTwo, handler, open, options, portOf, says, session, site } from './support.ts';

describe('sites of one port', () => {
	test('are told apart by the host', async () => {
		const listeners = await open([
			site('http://a.test:0 {\n}', says('a')),
			site('http://*.b.test:0 {\n}', says('wildcard')),
			site('http://c.test:0, http://[::1]:0 {\n}', says('c')),
		]);
		const port = portOf(listeners);
		const text = async (host: string): Promise<string> => (await ask({ port, host })).text;
		expect(await text('a.test')).toBe('a');
		expect(await text('A.TEST:1234')).toBe('a');
		expect(await text('x.b.test')).toBe('wildcard');
		expect(await text('c.test')).toBe('c');
		expect(await text(`[::1]:${port}`)).toBe('c');
	});

	test('nobody answers for another host: 200 and nothing, as Caddy does', async () => {
		const listeners = await open([site('http://a.test:0 {\n}', says('a'))]);
		const answer = await ask({ port: portOf(listeners), host: 'b.test' });
		expect(answer).toMatchObject({ status: 200, text: '' });
	});

	test('a site without a host is for all that have none', async () => {
		const listeners = await open([site('http://a.test:0 {\n}', says('a')), site('http://:0 {\n}', says('all'))]);
		const port = portOf(listeners);
		expect((await ask({ port, host: 'a.test' })).text).toBe('a');
		expect((await ask({ port, host: 'b.test' })).text).toBe('all');
		expect(await ask({ port, host: 'strange host:1:2' })).toMatchObject({
			status: 400,
			text: 'The Host header is malformed.\n',
		});
	});

	test('urls have the port that was taken', async () => {
		const listeners = await open([site('http://:0, http://a.test:0, http://[::1]:0 {\n}', says('a'))]);
		const port = portOf(listeners);
		expect(port).toBeGreaterThan(0);
		expect(listeners.urls).toEqual([`http://localhost:${port}`, `http://a.test:${port}`, `http://[::1]:${port}`]);
	});

	test('a port that is taken is an error that says so', async () => {
		const other = createServer();
		await new Promise<void>((resolve) => other.listen(0, resolve));
		onTestFinished(() => void other.close());
		const { port } = other.address() as { port: number };
		await expect(open([site(`http://:${port} {\n}`, says('a'))])).rejects.toThrow(ListenError);
		await expect(open([site(`http://:${port} {\n}`, says('a'))])).rejects.toThrow(/the port is in use/);
	});
});

describe('one port at one address and at all of them', () => {
	const at = (address: string, port: number, text: string) =>
		site(`http://:${port} {\n${address && `\tbind ${address}\n`}}`, says(text));
	const urls = (port: number, ...hosts: string[]) => hosts.map((host) => `http://${host}:${port}`);

	test('whoever asks for that address gets its site', async () => {
		const port = await freePort();
		const listeners = await open([at('127.0.0.2', port, 'two'), at('', port, 'rest'), at('127.0.0.1', port, 'one')]);
		expect(listeners.urls).toEqual(urls(port, '127.0.0.2', 'localhost', '127.0.0.1'));
		expect((await ask({ port })).text).toBe('one');
		await expect(open([at('', port, 'second')])).rejects.toThrow(/the port is in use/);
	});

	test('a reload adds the one or the other, and takes it away', async () => {
		const given = options();
		const port = await freePort();
		const [rest, one, two] = [at('', port, 'rest'), at('127.0.0.1', port, 'one'), at('127.0.0.2', port, 'two')];
		const listeners = await open([one, two], given);
		await listeners.update([rest, one], given);
		expect((await ask({ port })).text).toBe('one');
		await listeners.update([rest], given);
		expect((await ask({ port })).text).toBe('rest');
		await listeners.update([two, rest, one], given);
		expect((await ask({ port })).text).toBe('one');
		await listeners.update([two, one], given);
		expect((await ask({ port })).text).toBe('one');
	});
});

describe('HTTP leads to HTTPS', () => {
	test('with host, path and query', async () => {
		const [httpPort, httpsPort] = [await freePort(), await freePort()];
		const given = options({ httpPort, httpsPort, autoHttps: 'on' });
		const listeners = await open([site('localhost, *.a.test {\n}', says('secure'))], given);
		const answer = await ask({ port: httpPort, path: '/a%20b?c=d', host: `localhost:${httpPort}` });
		expect(answer.status).toBe(308);
		expect(answer.headers).toMatchObject({ location: `https://localhost:${httpsPort}/a%20b?c=d`, connection: 'close' });
		expect((await ask({ port: httpPort, host: 'b.a.test' })).headers.location).toBe(`https://b.a.test:${httpsPort}/`);
		expect((await ask({ port: httpPort, method: 'OPTIONS', path: '*' })).headers.location).toBe(
			`https://localhost:${httpsPort}/`,
		);
		expect((await ask({ port: httpPort, host: 'other.test' })).status).toBe(200);
		expect((await ask({ port: httpsPort, serverName: 'localhost' })).text).toBe('secure');
		expect(listeners.urls).toEqual([`https://localhost:${httpsPort}`, `https://*.a.test:${httpsPort}`]);
	});

	test('a host that no header can hold harms nobody', async () => {
		const [httpPort, httpsPort] = [await freePort(), await freePort()];
		await open([site('*.a.test {\n}', says('secure'))], options({ httpPort, httpsPort, autoHttps: 'on' }));
		const host = Buffer.from('☃.a.test').toString('latin1');
		expect((await ask({ port: httpPort, host })).status).toBe(400);
		expect((await ask({ port: httpPort, host: 'xn--n3h.a.test' })).status).toBe(308);
	});
});

describe('update()', () => {
	test('changes what is served, on connections that are open already', async () => {
		const given = options();
		const listeners = await open([site('http://:0 {\n}', says('one'))], given);
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		onTestFinished(() => agent.destroy());
		const sockets = new Set<unknown>();
		agent.on('free', (socket) => sockets.add(socket));
		const port = portOf(listeners);
		expect((await ask({ port, agent })).text).toBe('one');
		await listeners.update([site('http://:0 {\n}', says('two'))], given);
		expect(portOf(listeners)).toBe(port);
		expect((await ask({ port, agent })).text).toBe('two');
		expect(sockets.size).toBe(1);
	});

	test('lets a request end that began before', async () => {
		const given = options();
		const running = Promise.withResolvers<ServerResponse>();
		const slow = handler((_request, response) => running.resolve(response as ServerResponse));
		const listeners = await open([site('http://:0 {\n}', slow)], given);
		const port = portOf(listeners);
		const answer = ask({ port });
		const response = await running.promise;
		await listeners.update([site('http://:0 {\n}', says('two'))], given);
		expect((await ask({ port })).text).toBe('two');
		response.end('one');
		expect((await answer).text).toBe('one');
	});

	test('opens ports that are new, closes those that are not needed', async () => {
		const given = options();
		const [first, second] = [await freePort(), await freePort()];
		const listeners = await open([site(`http://:${first} {\n}`, says('one'))], given);
		await listeners.update([site(`http://:${second} {\n}`, says('two'))], given);
		expect((await ask({ port: second })).text).toBe('two');
		expect(listeners.urls).toEqual([`http://localhost:${second}`]);
		await expect(ask({ port: first })).rejects.toThrow(/ECONNREFUSED/);
		// A port that was left can be taken again.
		await listeners.update([site(`http://:${first} {\n}`, says('three'))], given);
		expect((await ask({ port: first })).text).toBe('three');
	});

	test('a port may change between HTTP and HTTPS', async () => {
		const given = options();
		const port = await freePort();
		const listeners = await open([site(`http://:${port} {\n}`, says('plain'))], given);
		await listeners.update([site(`https://:${port} {\n}`, says('secure'))], given);
		expect((await ask({ port, serverName: 'localhost' })).text).toBe('secure');
		expect(listeners.urls).toEqual([`https://localhost:${port}`]);
	});

	test('that fails changes nothing', async () => {
		const given = options();
		const other = createServer();
		await new Promise<void>((resolve) => other.listen(0, resolve));
		onTestFinished(() => void other.close());
		const taken = (other.address() as { port: number }).port;
		const fresh = await freePort();
		const listeners = await open([site('http://:0 {\n}', says('one'))], given);
		const { urls } = listeners;
		const two = (address: string): ReturnType<typeof site> => site(`${address} {\n}`, says('two'));
		const files = site(`https://:${fresh} {\n\ttls no.crt no.key\n}`, says('two'));
		await expect(
			listeners.update([two('http://:0'), two(`http://:${fresh}`), two(`http://:${taken}`)], given),
		).rejects.toThrow(ListenError);
		await expect(listeners.update([two('http://:0'), files], given)).rejects.toThrow(CertificateError);
		await expect(listeners.update([two('http://:0'), two('http://:0')], given)).rejects.toThrow(CaddyfileError);
		await expect(
			listeners.update([two('http://:0')], { ...given, servers: { ...given.servers, trustedProxies: ['x'] } }),
		).rejects.toThrow(ProxyRangeError);
		expect(listeners.urls).toEqual(urls);
		expect((await ask({ port: portOf(listeners) })).text).toBe('one');
		await expect(ask({ port: fresh })).rejects.toThrow(/ECONNREFUSED/);
	});
});

describe('close()', () => {
	test('ends idle connections at once', async () => {
		const listeners = await open([site('http://:0 {\n}', says('one'))]);
		const agent = new Agent({ keepAlive: true });
		onTestFinished(() => agent.destroy());
		const port = portOf(listeners);
		await ask({ port, agent });
		// Longer than a test may take: it does not wait for that.
		await listeners.close(600_000);
		await expect(ask({ port })).rejects.toThrow(/ECONNREFUSED/);
	});

	test('lets an answer that runs be finished', async () => {
		const running = Promise.withResolvers<ServerResponse>();
		const slow = handler((_request, response) => running.resolve(response as ServerResponse));
		const listeners = await open([site('http://:0 {\n}', slow)]);
		const agent = new Agent({ keepAlive: true });
		onTestFinished(() => agent.destroy());
		const answer = ask({ port: portOf(listeners), agent });
		const response = await running.promise;
		response.write('begun, ');
		const closed = listeners.close(20_000);
		response.end('done');
		expect((await answer).text).toBe('begun, done');
		await closed;
	});

	test('cuts off what runs longer than the grace period', async () => {
		const running = Promise.withResolvers<ServerResponse>();
		const endless = handler((_request, response) => running.resolve(response as ServerResponse));
		const listeners = await open([site('http://:0 {\n}', endless)]);
		const answer = expect(ask({ port: portOf(listeners) })).rejects.toThrow(/hang up|ECONNRESET/);
		await running.promise;
		await listeners.close(50);
		await answer;
	});

	test('HTTP/2: an answer that runs is finished, an idle session ends', async () => {
		const running = Promise.withResolvers<ServerResponse>();
		const slow = handler((request, response) => {
			if (request.url === '/slow') running.resolve(response as ServerResponse);
			else (response as ServerResponse).end('quick');
		});
		const listeners = await open([site('https://:0 {\n}', slow)]);
		const port = portOf(listeners, 'https');
		const idle = session(port);
		expect((await askTwo(idle, {})).text).toBe('quick');
		const answer = askTwo(session(port), { ':path': '/slow' });
		const response = await running.promise;
		response.write('begun, ');
		let isClosed = false;
		const closed = listeners.close(20_000).then(() => {
			isClosed = true;
		});
		await new Promise<void>((resolve) => (idle.destroyed ? resolve() : idle.once('close', resolve)));
		expect(isClosed).toBe(false);
		response.end('done');
		expect((await answer).text).toBe('begun, done');
		await closed;
	});

	test('HTTP/2: cut off after the grace period', async () => {
		const running = Promise.withResolvers<void>();
		const listeners = await open([
			site(
				'https://:0 {\n}',
				handler(() => running.resolve()),
			),
		]);
		const client = session(portOf(listeners, 'https'));
		const answer = askTwo(client, {}).catch(() => undefined);
		await running.promise;
		await listeners.close(50);
		await answer;
		await new Promise<void>((resolve) => (client.destroyed ? resolve() : client.once('close', resolve)));
	});

	test('a client that never finishes its handshake does not hold the server up', async () => {
		const { connect } = await import('node:net');
		const listeners = await open([site('https://:0 {\n}', says('one'))]);
		const port = portOf(listeners, 'https');
		const client = connect(port, '127.0.0.1');
		onTestFinished(() => void client.destroy());
		client.on('error', () => {});
		await new Promise((resolve) => client.once('connect', resolve));
		// Whatever the server has accepted before this answer includes the client above.
		await ask({ port, serverName: 'localhost' });
		const ended = new Promise((resolve) => client.once('close', resolve));
		await listeners.close(50);
		await ended;
	});
});

describe('requests out of the ordinary', () => {
	test('many fields, and a request of HTTP/1.0 without a host', async () => {
		const counts = handler((request, response) => {
			(response as ServerResponse).end(String((request as IncomingMessage).rawHeaders.length));
		});
		const listeners = await open([site('http://:0 {\n}', counts)]);
		const fields = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`a${index}`, '1']));
		expect(Number((await ask({ port: portOf(listeners), headers: fields })).text)).toBeGreaterThan(1800);
		const { connect } = await import('node:net');
		const client = connect(portOf(listeners), '127.0.0.1');
		let text = '';
		client.on('data', (chunk) => {
			text += chunk;
		});
		client.write('GET / HTTP/1.0\r\n\r\n');
		await new Promise((resolve) => client.once('close', resolve));
		expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n0$/s);
	});

	test('public names are warned of: no browser trusts the internal authority', async () => {
		const log = new CapturingLogger();
		await open(
			[site('https://shop.example.com:0, https://localhost:0, https://127.0.0.1:0 {\n}', says('a'))],
			options(),
			log,
		);
		expect(log.records.map(({ message }) => message)).toEqual([
			expect.stringContaining('The certificate for shop.example.com is from'),
		]);
	});
});
