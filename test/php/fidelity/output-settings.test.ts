import { gunzipSync, inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { MODES, type Mode } from '../../support/application.ts';
import { ResponseApplication, useResponseApplication } from './support/response-application.ts';
import { values } from './support/response-exchange.ts';

describe('output_buffering=On', () => {
	const app = useResponseApplication({ phpIni: { output_buffering: 'On' } });

	test.each(MODES)('keeps the head open behind the output, for each request in %s mode', async (mode) => {
		for (let i = 0; i < 2; i++) {
			const head = await app().ask(mode, 'buffered');
			expect([head.status, values(head, 'x-late'), head.body]).toEqual([
				'203 Non-Authoritative Information',
				['fine'],
				'printed 1 false',
			]);
		}
	});

	test.each(MODES)('holds output back that flush() alone would send, in %s mode', async (mode) => {
		using client = app().open(mode, 'flush', { gate: `held-${mode}` });
		await client.answer(/^HTTP\/1\.1 200/);
		expect(client.received).not.toContain('first');
		app().put(`held-${mode}`);
		await client.answer(/first second/);
	});
});

describe('zlib.output_compression=On', () => {
	const app = useResponseApplication({ phpIni: { 'zlib.output_compression': 'On' } });
	const plain = 'The same again. '.repeat(2000);

	describe.each(MODES)('in %s mode', (mode) => {
		test.each([
			['gzip', gunzipSync],
			['deflate', inflateSync],
		])('compresses for a client that accepts %s', async (encoding, decompress) => {
			for (let i = 0; i < 2; i++) {
				const head = await app().ask(mode, 'repeated', {}, { headers: { 'Accept-Encoding': encoding } });
				expect(values(head, 'content-encoding')).toEqual([encoding]);
				expect(values(head, 'vary')).toEqual(['Accept-Encoding']);
				expect(head.body.length).toBeLessThan(plain.length / 10);
				expect(decompress(Buffer.from(head.body, 'latin1')).toString()).toBe(plain);
			}
		});
	});

	test.each(MODES)('leaves alone what other clients get, in %s mode', async (mode) => {
		const head = await app().ask(mode, 'repeated');
		expect([values(head, 'content-encoding'), head.body]).toEqual([[], plain]);
	});
});

describe('ob_gzhandler', () => {
	const app = useResponseApplication();

	const ask = (mode: Mode, encoding: string) =>
		app().ask(mode, 'gzhandler', {}, { headers: { 'Accept-Encoding': encoding } });

	test.each(MODES)('compresses what the client accepts, in %s mode', async (mode) => {
		for (let i = 0; i < 2; i++) {
			const head = await ask(mode, 'gzip');
			expect(values(head, 'content-encoding')).toEqual(['gzip']);
			expect(gunzipSync(Buffer.from(head.body, 'latin1')).toString()).toBe('compressed by the script');
		}
	});

	test('leaves alone what the next client does not accept, in classic mode', async () => {
		await ask('classic', 'gzip');
		const head = await ask('classic', 'identity');
		expect([values(head, 'content-encoding'), head.body]).toEqual([[], 'compressed by the script']);
	});

	test('leaves alone what the next client does not accept, in worker mode', async () => {
		await ask('worker', 'gzip');
		expect(values(await ask('worker', 'identity'), 'content-encoding')).toEqual([]);
	});
});

test.each(MODES)('implicit_flush=On sends what is printed at once, in %s mode', async (mode) => {
	await using app = await ResponseApplication.start({ phpIni: { implicit_flush: 'On' } });
	using client = app.open(mode, 'implicit-flush', { gate: 'implicit' });
	expect(await client.answer(/first /)).not.toContain('second');
	app.put('implicit');
	await client.answer(/second/);
});

test.each(MODES)('expose_php=Off keeps the version of PHP from clients, in %s mode', async (mode) => {
	await using app = await ResponseApplication.start({ phpIni: { expose_php: 'Off' } });
	for (let i = 0; i < 2; i++) expect(values(await app.ask(mode, 'hello'), 'x-powered-by')).toEqual([]);
});
