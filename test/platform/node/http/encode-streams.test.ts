import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { createGunzip, gunzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { VERSIONS } from '../../../static/support/serve.ts';
import { eventually } from '../../../support/eventually.ts';
import { ALL, accepting, decoded, encoding, LONG } from './encode-support.ts';

const TEXT = { 'Content-Type': 'text/plain' };

describe.each(VERSIONS)('a stream through encode, %s', (version) => {
	test.each(['zstd', 'br', 'gzip'])('in %s: an event reaches the client before the next is written', async (name) => {
		const events = ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n'];
		let writeNext = (): void => {};
		await using server = await encoding(version, ALL, (response) => {
			response.writeHead(200, { 'Content-Type': 'text/event-stream' });
			const rest = [...events];
			writeNext = () => {
				const event = rest.shift();
				if (event === undefined) response.end();
				else response.write(event);
			};
			writeNext();
		});
		// Each chunk that arrives asks for the next: held back, nothing would ever come.
		const answer = await server.ask({ ...accepting(name), onChunk: () => writeNext() });
		expect(answer.headers['content-encoding']).toBe(name);
		expect(decoded(answer)).toBe(events.join(''));
	});

	test('what has arrived can be decompressed without the end', async () => {
		await using server = await encoding(version, 'encode gzip', (response) => {
			response.writeHead(200, TEXT);
			response.write('the first line\n');
		});
		const gunzip = createGunzip();
		const text = new Promise<string>((resolve) => gunzip.once('data', (data) => resolve(String(data))));
		const asked = server.ask({
			...accepting('gzip'),
			onChunk: (chunk, leave) => {
				gunzip.write(chunk);
				void text.then(leave);
			},
		});
		const left = expect(asked).rejects.toThrow();
		expect(await text).toBe('the first line\n');
		await left;
	});

	test("a writer that waits for 'drain' gets everything across", async () => {
		const chunk = randomBytes(100_000);
		let waits = 0;
		await using server = await encoding(version, 'encode gzip', (response) => {
			response.writeHead(200, TEXT);
			let left = 50;
			const more = (): void => {
				while (left > 0) {
					left--;
					if (!response.write(chunk)) {
						waits++;
						response.once('drain', more);
						return;
					}
				}
				response.end();
			};
			more();
		});
		const { body } = await server.ask(accepting('gzip'));
		expect(waits).toBeGreaterThan(0);
		expect(gunzipSync(body).equals(Buffer.concat(Array.from({ length: 50 }, () => chunk)))).toBe(true);
	});

	test('a large body is complete', async () => {
		const body = randomBytes(3_000_000).toString('base64');
		await using server = await encoding(version, 'encode gzip', (response) => {
			response.setHeader('Content-Type', 'text/plain');
			response.write(body.slice(0, 100));
			response.end(body.slice(100));
		});
		expect(decoded(await server.ask(accepting('gzip'))) === body).toBe(true);
	});

	test('ends with the client', async () => {
		let first: ServerResponse | undefined;
		const closed = Promise.withResolvers<void>();
		await using server = await encoding(version, 'encode gzip', (response) => {
			if (first !== undefined) {
				response.end('next');
				return;
			}
			first = response;
			response.on('close', closed.resolve);
			response.writeHead(200, TEXT);
			response.write(LONG);
		});
		await expect(server.ask({ ...accepting('gzip'), onChunk: (_chunk, leave) => leave() })).rejects.toThrow();
		await closed.promise;
		// Who has not noticed yet harms nobody.
		first?.write(LONG);
		first?.end(LONG);
		expect((await server.ask()).body.toString()).toBe('next');
	});
});

test('callbacks of write and end are called', async () => {
	const called: string[] = [];
	await using server = await encoding('HTTP/1.1', 'encode gzip', (response) => {
		response.setHeader('Content-Type', 'text/plain');
		response.write(LONG, () => called.push('write'));
		response.end(LONG, 'utf8', () => called.push('end'));
	});
	expect(decoded(await server.ask(accepting('gzip')))).toBe(LONG + LONG);
	await eventually('both callbacks', () => called.length === 2);
	expect(called).toEqual(['write', 'end']);
});

test('a slow reader holds the writer up', async () => {
	const total = 32 * 1024 * 1024;
	/** Bytes written so far to who reads nothing, and to who reads everything. */
	const written = { '/slow': 0, '/fast': 0 };
	await using server = await encoding('HTTP/1.1', 'encode gzip', (response) => {
		const path = response.req.url as keyof typeof written;
		response.writeHead(200, TEXT);
		const chunk = randomBytes(64 * 1024);
		const more = (): void => {
			while (written[path] < total) {
				written[path] += chunk.byteLength;
				if (!response.write(chunk)) return;
			}
			response.end();
		};
		response.on('drain', more);
		more();
	});
	const client = connect(server.port, '127.0.0.1');
	onTestFinished(() => void client.destroy());
	client.pause();
	client.write('GET /slow HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n');
	await eventually('the answer to begin', () => written['/slow'] > 0);
	// In the time in which somebody else gets all of as much, this one has not gone half the way.
	const { body } = await server.ask({ path: '/fast', ...accepting('gzip') });
	expect(gunzipSync(body).byteLength).toBe(total);
	expect(written['/slow']).toBeLessThan(total / 2);
	client.resume();
	await eventually('all to be written', () => written['/slow'] >= total, 25);
});
