import { once } from 'node:events';
import { connect } from 'node:http2';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { ECHO, serveSite } from './serve-site.ts';

const files = { 'index.php': '', 'a.txt': 'file' };

test('PHP sees HTTP/2 as it sees HTTP/1', async () => {
	const { ask } = await serveSite('root .\nphp_server', { files, script: ECHO, http2: true });
	const answer = await ask('/x?y=1', { method: 'POST', body: 'abc', headers: { 'x-a': 'é', cookie: 'a=b' } });
	const request = JSON.parse(answer.body);
	expect(request).toMatchObject({
		protocol: 2000,
		requestUri: '/x?y=1',
		method: 'POST',
		serverName: 'site.test',
		serverPort: 443,
		https: true,
		hasBody: true,
		contentLength: -1,
	});
	const headers: string[] = request.headers;
	expect(headers.slice(0, 2)).toEqual(['host', 'site.test']);
	expect(headers.filter((name) => name.startsWith(':'))).toEqual([]);
	expect(JSON.parse((await ask('/')).body)).toMatchObject({ hasBody: false });
});

test('what HTTP/2 does not know is left out of responses; everything else comes', async () => {
	const { ask } = await serveSite('root .\nheader X-Config 1\nphp_server', {
		files,
		http2: true,
		script: (_request, sink) => {
			const head = ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Connection', 'close', 'Keep-Alive', '5', 'Upgrade', 'x'];
			setImmediate(() => {
				sink.head(201, 'Made by PHP', [...head, 'Transfer-Encoding', 'chunked']);
				sink.write(Buffer.from('one '));
				sink.write(Buffer.from('two'));
				sink.end();
			});
			return undefined;
		},
	});
	const answer = await ask('/');
	expect(answer).toMatchObject({ status: 201, body: 'one two' });
	expect(answer.headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], 'x-config': '1' });
	expect(answer.headers).not.toHaveProperty('connection');
});

test('early hints', async () => {
	const { url } = await serveSite('root .\nphp_server', {
		files,
		http2: true,
		script: (_request, sink) => {
			setImmediate(() => {
				sink.informational(103, ['Link', '</a.css>; rel=preload; as=style', 'Link', '</b.css>; rel=preload; as=style']);
				sink.complete(200, undefined, [], 'ok');
			});
			return undefined;
		},
	});
	const session = connect(url);
	const stream = session.request({ ':path': '/' });
	const [hints] = await once(stream, 'headers');
	expect(hints).toMatchObject({ ':status': 103 });
	expect(hints.link).toContain('</a.css>');
	expect(await text(stream)).toBe('ok');
	session.close();
});

test('responses of a site: texts, redirects, files, errors, HEAD, limits', async () => {
	const { ask, idle } = await serveSite(
		`root .
		respond /close bye {
			close
		}
		redir /r /s
		request_body {
			max_size 1KB
		}
		@php path *.php
		php_server @php
		file_server
		handle_errors {
			respond "{err.status_code} {http.request.proto} {host}"
		}`,
		{ files, http2: true },
	);
	expect((await ask('/close')).body).toBe('bye');
	expect(await ask('/r')).toMatchObject({ status: 302, headers: { location: '/s' } });
	expect((await ask('/a.txt')).body).toBe('file');
	expect(await ask('/a.txt', { method: 'HEAD' })).toMatchObject({ body: '', headers: { 'content-length': '4' } });
	expect(await ask('/none')).toMatchObject({ status: 404, body: '404 HTTP/2.0 site.test' });
	expect(
		(await ask('/index.php', { method: 'POST', body: 'x'.repeat(2000), headers: { 'content-length': '2000' } })).status,
	).toBe(413);
	expect((await ask('/index.php')).body).toBe('ok');
	await idle();
});

test('a client that goes away aborts PHP', async () => {
	const gone = Promise.withResolvers<void>();
	const { url, idle } = await serveSite('root .\nphp_server', {
		files,
		http2: true,
		script: (_request, sink) => {
			setImmediate(() => {
				sink.head(200, undefined, []);
				sink.write(new Uint8Array(10));
			});
			return { abort: gone.resolve };
		},
	});
	const session = connect(url);
	const stream = session.request({ ':path': '/' });
	await once(stream, 'data');
	stream.close(8);
	await gone.promise;
	await idle();
	session.close();
});

test('a failure after the head breaks the stream', async () => {
	const { ask } = await serveSite('root .\nphp_server', {
		files,
		http2: true,
		script: (_request, sink) => {
			setImmediate(() => {
				sink.head(200, undefined, ['Content-Length', '100']);
				sink.write(new Uint8Array(10));
				setImmediate(() => sink.fail({ status: 500, code: 'x', message: 'y' }));
			});
			return undefined;
		},
	});
	await expect(ask('/')).rejects.toThrow();
});
