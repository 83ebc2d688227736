import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { TestScope } from './support/scope.ts';
import { openAdmin, TestTarget } from './support/server.ts';

/** Follows the events; the list grows. */
async function follow(
	url: string,
	lastId?: string,
): Promise<{ events: EventSourceMessage[]; response: IncomingMessage }> {
	const headers = lastId === undefined ? {} : { 'last-event-id': lastId };
	const request = get(`${url}/sidekicks/events`, { headers, agent: false });
	const [response] = (await once(request, 'response')) as [IncomingMessage];
	onTestFinished(() => void request.destroy());
	request.on('error', () => {});
	response.on('error', () => {});
	const events: EventSourceMessage[] = [];
	const parser = createParser({ onEvent: (event) => events.push(event) });
	response.setEncoding('utf8').on('data', (chunk: string) => parser.feed(chunk));
	return { events, response };
}

const types = (events: readonly EventSourceMessage[]) => events.map(({ event }) => event);

describe('GET /sidekicks/events', () => {
	test('every event of every scope, with an id', async () => {
		const [shop, desk] = [new TestScope('shop'), new TestScope('desk')];
		const { server } = await openAdmin(new TestTarget(shop, desk));
		const { events, response } = await follow(server.url);
		expect(response.headers['content-type']).toBe('text/event-stream');
		shop.tell({ type: 'ready', name: 'config', attempt: 1, after: 12 });
		desk.tell({ type: 'crashed', name: 'config', attempt: 2, failures: 1, reason: 'line one\nline two' });
		await eventually('two events', () => events.length === 2);
		expect(types(events)).toEqual(['ready', 'crashed']);
		expect(JSON.parse(events[1]?.data ?? '')).toMatchObject({
			scope: 'desk',
			type: 'crashed',
			name: 'config',
			reason: 'line one\nline two',
			time: expect.stringMatching(/^\d{4}-/),
		});
		expect(new Set(events.map(({ id }) => id)).size).toBe(2);
	});

	test('a scope that comes with a reload is included, one that goes tells its end', async () => {
		const [shop, desk] = [new TestScope('shop'), new TestScope('desk')];
		const target = new TestTarget(shop);
		const { server } = await openAdmin(target);
		const { events } = await follow(server.url);
		target.running = [desk];
		await eventually('the scopes', () => types(events).includes('scope-started'));
		desk.tell({ type: 'ready', name: 'config', attempt: 1, after: 12 });
		shop.tell({ type: 'stopped', name: 'config' });
		await eventually('the events', () => events.length === 4);
		expect(events.map(({ event, data }) => [JSON.parse(data).scope, event])).toEqual([
			['shop', 'scope-ended'],
			['desk', 'scope-started'],
			['desk', 'ready'],
			['shop', 'stopped'],
		]);
		expect(desk.listeners).toBe(1);
	});

	test('a client that comes back gets what it has missed', async () => {
		const shop = new TestScope('shop');
		const { server } = await openAdmin(new TestTarget(shop));
		const { events, response } = await follow(server.url);
		shop.tell({ type: 'starting', name: 'a', attempt: 1 });
		await eventually('the event', () => events.length === 1);
		response.destroy();
		shop.tell({ type: 'ready', name: 'a', attempt: 1, after: 1 });
		shop.tell({ type: 'stopped', name: 'a' });
		const again = await follow(server.url, events[0]?.id);
		await eventually('the missed events', () => again.events.length === 2);
		expect(types(again.events)).toEqual(['ready', 'stopped']);
	});

	test('what has become of tasks is told when it has changed', async () => {
		const shop = new TestScope('shop');
		const tasks = { completed: 0, aborted: 0, abandoned: 0, timeout: 0, seconds: 0, depth: 0, busy: 0 };
		shop.add('jobs', { origin: 'configuration', tasks });
		const { server, ask } = await openAdmin(new TestTarget(shop));
		const { events } = await follow(server.url);
		await ask('GET', '/sidekicks');
		shop.add('jobs', { origin: 'configuration', tasks: { ...tasks, completed: 3, depth: 2, busy: 1, seconds: 0.25 } });
		expect((await ask('GET', '/sidekicks/shop/jobs')).json).toMatchObject({
			tasks: { completed: 3, waiting: 2, busy: 1, seconds: 0.25 },
		});
		await eventually('the event', () => events.length === 1);
		for (let i = 0; i < 3; i++) await ask('GET', '/sidekicks');
		shop.add('jobs', { origin: 'configuration', tasks: { ...tasks, completed: 6 } });
		await eventually('the next event', () => events.length === 2);
		const told = events.map(({ data }) => JSON.parse(data));
		const event = { scope: 'shop', type: 'tasks', name: 'jobs', aborted: 0, abandoned: 0, timeout: 0 };
		expect(told[0]).toMatchObject({ ...event, completed: 3, waiting: 2, busy: 1 });
		expect(told[1]).toMatchObject({ ...event, completed: 6, waiting: 0, busy: 0 });
	});

	test('a client that does not read is cut off, the others go on', async () => {
		const shop = new TestScope('shop');
		const { server } = await openAdmin(new TestTarget(shop));
		const { port } = new URL(server.url);
		const lazy = connect(Number(port), '127.0.0.1');
		lazy.on('error', () => {});
		onTestFinished(() => void lazy.destroy());
		lazy.write(`GET /sidekicks/events HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
		await once(lazy, 'readable');
		const { events } = await follow(server.url);
		let closed = false;
		lazy.on('close', () => {
			closed = true;
		});
		const reason = 'x'.repeat(8000);
		const all = 2000;
		let told = 0;
		// The kernel takes some megabytes before anything has to wait here.
		await eventually('all events at the client that reads', () => {
			for (let i = 0; i < 20 && told < all; i++) {
				shop.tell({ type: 'crashed', name: 'a', attempt: ++told, failures: 1, reason });
			}
			return events.length === all;
		});
		lazy.resume();
		await eventually('the end of the connection', () => closed);
	});

	test('a reason as long as memory is cut', async () => {
		const shop = new TestScope('shop');
		const { server } = await openAdmin(new TestTarget(shop));
		const { events } = await follow(server.url);
		shop.tell({ type: 'crashed', name: 'a', attempt: 1, failures: 1, reason: 'x'.repeat(10_000_000) });
		await eventually('the event', () => events.length === 1);
		expect(events[0]?.data.length).toBeLessThan(10_000);
	});

	test('closing the server ends the stream at once', async () => {
		const { server } = await openAdmin(new TestTarget(new TestScope('shop')));
		const { response } = await follow(server.url);
		const ended = once(response, 'end');
		await server.close();
		await ended;
	});
});
