import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { beforeHead } from '../../src/platform/node/http/response-hooks.ts';
import type { ResponseHead } from '../../src/site/site-request.ts';
import { TestServer, VERSIONS } from './support/serve.ts';

/** All the ways in which a head comes about: each says status 201, X-One: a, and two cookies. */
const WAYS: Record<string, (response: ServerResponse) => void> = {
	'writeHead with a flat array': (response) =>
		response.writeHead(201, ['X-One', 'a', 'Set-Cookie', 'b=1', 'Set-Cookie', 'c=2']).end('body'),
	'writeHead with an object': (response) =>
		response.writeHead(201, { 'X-One': 'a', 'Set-Cookie': ['b=1', 'c=2'] }).end('body'),
	'writeHead with a reason and an object': (response) =>
		response.writeHead(201, 'Fine', { 'X-One': 'a', 'Set-Cookie': ['b=1', 'c=2'] }).end('body'),
	'writeHead with an object over a field that was set': (response) => {
		response.setHeader('set-cookie', 'd=3');
		response.writeHead(201, { 'X-One': 'a', 'Set-Cookie': ['b=1', 'c=2'] }).end('body');
	},
	'writeHead over fields that were set': (response) => {
		response.setHeader('X-One', 'replaced');
		response.setHeader('Set-Cookie', ['b=1', 'c=2']);
		response.writeHead(201, ['X-One', 'a']).end('body');
	},
	'an implicit head by end()': (response) => {
		response.statusCode = 201;
		response.setHeader('X-One', 'a');
		response.setHeader('Set-Cookie', ['b=1', 'c=2']);
		response.end('body');
	},
	'an implicit head by a pipe': (response) => {
		response.statusCode = 201;
		response.setHeader('X-One', 'a');
		response.setHeader('Set-Cookie', ['b=1', 'c=2']);
		Readable.from([Buffer.from('bo'), Buffer.from('dy')]).pipe(response);
	},
	'flushHeaders()': (response) => {
		response.statusCode = 201;
		response.setHeader('X-One', 'a');
		response.setHeader('Set-Cookie', ['b=1', 'c=2']);
		response.flushHeaders();
		response.end('body');
	},
};

describe.each(VERSIONS)('beforeHead, %s', (version) => {
	it.each(Object.entries(WAYS))('%s', async (_, way) => {
		const seen: ResponseHead[] = [];
		await using server = await new TestServer(version, (_request, response) => {
			beforeHead(response, (head) => {
				seen.push(structuredClone(head));
				head.status = 202;
				head.headers.push('X-Two', 'z');
				head.headers[head.headers.findIndex((name) => name.toLowerCase() === 'x-one') + 1] = 'changed';
			});
			way(response as ServerResponse);
		}).open();
		const answer = await server.ask();
		expect(answer).toMatchObject({ status: 202, headers: { 'x-one': 'changed', 'x-two': 'z' } });
		expect(answer.headers['set-cookie']).toEqual(['b=1', 'c=2']);
		expect(answer.body.toString()).toBe('body');
		expect(seen).toHaveLength(1);
		expect(seen[0]?.status).toBe(201);
	});

	it('the one added last runs first, and the next sees what it made', async () => {
		const order: string[] = [];
		await using server = await new TestServer(version, (_request, response) => {
			beforeHead(response, ({ status }) => order.push(`first ${status}`));
			beforeHead(response, () => order.push('second'));
			beforeHead(response, (head) => {
				order.push('third');
				head.status = 201;
			});
			response.end();
		}).open();
		await server.ask();
		expect(order).toEqual(['third', 'second', 'first 201']);
	});

	it('removes a field for good, whoever set it', async () => {
		await using server = await new TestServer(version, (_request, response) => {
			beforeHead(response, (head) => {
				head.headers = [];
			});
			response.setHeader('X-Powered-By', 'something');
			response.end('body');
		}).open();
		const answer = await server.ask();
		expect(answer.headers).not.toHaveProperty('x-powered-by');
		expect(answer.body.toString()).toBe('body');
	});

	it('leaves early hints alone', async () => {
		let calls = 0;
		await using server = await new TestServer(version, (_request, response) => {
			beforeHead(response, () => calls++);
			response.writeEarlyHints({ link: '</style.css>; rel=preload' });
			response.end('body');
		}).open();
		expect((await server.ask()).early).toEqual([103]);
		expect(calls).toBe(1);
	});
});

it('HTTP/1: a head that Node refuses can be replaced by another one', async () => {
	await using server = await new TestServer('HTTP/1.1', (_request, response) => {
		beforeHead(response, (head) => head.headers.push('X-Hook', 'ran'));
		try {
			(response as ServerResponse).writeHead(200, ['X-Bad', 'a\nb']);
		} catch {
			for (const name of response.getHeaderNames()) response.removeHeader(name);
			(response as ServerResponse).writeHead(500, ['X-Good', 'yes']);
		}
		response.end();
	}).open();
	const answer = await server.ask();
	expect(answer).toMatchObject({ status: 500, headers: { 'x-good': 'yes', 'x-hook': 'ran' } });
	expect(answer.headers).not.toHaveProperty('x-bad');
});

it('HTTP/1 keeps a reason, and the length that end() knows', async () => {
	await using server = await new TestServer('HTTP/1.1', (_request, response) => {
		beforeHead(response, (head) => head.headers.push('X-Reason', String(head.reason)));
		(response as ServerResponse).writeHead(299, 'Rather Good', ['X-One', 'a']);
		response.end('body');
	}).open();
	expect(await server.ask()).toMatchObject({ reason: 'Rather Good', headers: { 'x-reason': 'Rather Good' } });
	await using implicit = await new TestServer('HTTP/1.1', (_request, response) => {
		beforeHead(response, (head) => head.headers.push('X-Two', 'b'));
		response.end('body');
	}).open();
	expect((await implicit.ask()).headers['content-length']).toBe('4');
});
