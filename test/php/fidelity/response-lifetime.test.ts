import { describe, expect, test } from 'vitest';
import { MODES } from '../../support/application.ts';
import { useResponseApplication } from './support/response-application.ts';
import { parseExchange, values } from './support/response-exchange.ts';

const app = useResponseApplication();

describe.each(MODES)('in %s mode', (mode) => {
	test('headers_send(103) sends early hints, as often as it is called, before the response', async () => {
		using client = app().open(mode, 'early-hints', { gate: `hints-${mode}` });
		await client.answer(/font\.woff2.*\r\n\r\n/s);
		expect(client.received).not.toContain('201');
		app().put(`hints-${mode}`);
		await client.closed;
		const { early, status, body, ...rest } = parseExchange(client.received);
		// Two fields or one with a comma between: the same to a client.
		expect(early.map((hints) => [hints.status, values(hints, 'link').join(', '), values(hints, 'x-kept')])).toEqual([
			['103 Early Hints', '</style.css>; rel=preload; as=style', ['yes']],
			['103 Early Hints', '</app.js>; rel=preload; as=script, </font.woff2>; rel=preload; as=font', ['yes']],
		]);
		const head = { status, ...rest };
		expect([status, values(head, 'link'), values(head, 'x-kept'), body]).toEqual([
			'201 Created',
			[],
			['yes'],
			'[false,201]',
		]);
	});

	test('frankenphp_finish_request() ends the response while the script goes on', async () => {
		const name = `finish-${mode}`;
		const { body, ...head } = await app().ask(mode, 'finish', { name });
		expect([head.status, body, values(head, 'x-late')]).toEqual(['200 OK', 'for the client', []]);
		app().put(name);
		// Its second call says that there is nothing left to finish; to write afterwards is no abort.
		expect(await app().left(`${name}-end`)).toBe('[true,false,0,0]');
		expect((await app().ask(mode, 'hello')).body).toBe('hello');
	});

	test.each(['', 'flush'])('HEAD gets the headers and no body; the script runs (%s)', async (flush) => {
		const name = `head-${mode}-${flush}`;
		const parameters: Record<string, string> = flush ? { name, flush } : { name };
		const { body, ...head } = await app().ask(mode, 'head', parameters, { method: 'HEAD' });
		expect(head.status).toBe('200 OK');
		expect(values(head, 'x-method')).toEqual(['HEAD']);
		expect(values(head, 'content-length')).toEqual(['12345']);
		expect(body).toBe('');
		expect(await app().left(name)).toBe('');
	});
});
