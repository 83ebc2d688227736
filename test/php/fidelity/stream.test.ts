import { describe, expect, test } from 'vitest';
import { MODES } from '../../support/application.ts';
import { useResponseApplication } from './support/response-application.ts';
import { parseExchange, values } from './support/response-exchange.ts';

const app = useResponseApplication();

describe.each(MODES)('output in %s mode', (mode) => {
	test('is at the client when flush() returns', async () => {
		using client = app().open(mode, 'flush', { gate: `flush-${mode}` });
		expect(await client.answer(/first /)).not.toContain('second');
		app().put(`flush-${mode}`);
		await client.closed;
		expect(parseExchange(client.received).body).toBe('first second');
	});

	test('can be server-sent events, each at the client before the next', async () => {
		using client = app().open(mode, 'events', { gate: `events-${mode}` });
		const first = await client.answer(/data: number 1\n\n/);
		expect(first).toMatch(/content-type: text\/event-stream/i);
		expect(first).not.toContain('number 2');
		app().put(`events-${mode}-1`);
		await client.answer(/data: number 2\n\n/);
		app().put(`events-${mode}-2`);
		await client.closed;
		const { body, ...head } = parseExchange(client.received);
		expect(body).toBe('id: 1\nevent: tick\ndata: number 1\n\nid: 2\nevent: tick\ndata: number 2\n\n');
		expect(values(head, 'cache-control')).toEqual(['no-cache']);
	});

	test('is at the client at once after ob_implicit_flush()', async () => {
		using client = app().open(mode, 'implicit-flush', { gate: `implicit-${mode}` });
		expect(await client.answer(/first /)).not.toContain('second');
		app().put(`implicit-${mode}`);
		await client.closed;
		expect(parseExchange(client.received).body).toBe('first second');
	});

	test('in buffers that are still open is sent at the end', async () => {
		expect(await app().ask(mode, 'open-buffers')).toMatchObject({ status: '200 OK', body: 'zero one two three 3' });
	});

	test('goes through the callbacks of its buffers, with the phases', async () => {
		// 5 = start and flush, 8 = final; what ob_clean() discards passes the callback, but not to the client.
		expect((await app().ask(mode, 'buffer-callbacks')).body).toBe('[5:ONE][8:THREERENNI]');
	});
});
