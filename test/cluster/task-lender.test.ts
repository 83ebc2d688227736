import { expect, test } from 'vitest';
import {
	decodeAnswer,
	decodeMessage,
	encodeMessage,
	messageOf,
	type TaskMessage,
} from '../../src/cluster/task-messages.ts';
import { TaskFleet, type TaskServer } from './support/task-servers.ts';

const LEASE = 1000;

/** A server that says what the test wants it to say. */
class Stranger {
	readonly offers: TaskMessage[] = [];
	readonly #server: TaskServer;
	readonly #world: TaskFleet;

	constructor(world: TaskFleet) {
		this.#world = world;
		this.#server = world.add('stranger', 0);
		this.#server.engine.tasks.takeOffers({ scope: 'web', name: 'mailer' }, (bytes) => {
			const offer = decodeMessage(bytes);
			if (offer !== undefined) this.offers.push(offer);
		});
	}

	get newest(): string {
		return this.offers.at(-1)?.task ?? '';
	}

	async say(verb: TaskMessage['verb'], task: string): Promise<string | undefined> {
		const answer = this.#server.engine.tasks.ask('a', encodeMessage(messageOf(verb, task, 'stranger')), 100);
		await this.#world.pass(5);
		return decodeAnswer(await answer)?.result;
	}
}

function start() {
	const world = new TaskFleet(LEASE);
	return { world, a: world.add('a', 0), stranger: new Stranger(world) };
}

test('what comes late is about the loan that it was said in, and not about the next one', async () => {
	const { world, a, stranger } = start();
	const sending = a.send('one', 0, 60_000);
	await world.pass(5);
	const first = stranger.newest;
	expect(await stranger.say('take', first)).toBe('ok');
	expect(await stranger.say('refuse', first)).toBe('ok');
	await world.pass(500);
	expect(await stranger.say('take', first)).toBe('gone');
	const second = stranger.newest;
	expect(second).not.toBe(first);
	expect(await stranger.say('take', second)).toBe('ok');
	expect(await stranger.say('refuse', first)).toBe('gone');
	expect(await stranger.say('receive', second)).toBe('ok');
	expect(sending.state).toBe('pickedUp');
});

test('a server that stood still lends nothing to one that has given up waiting for it', async () => {
	const world = new TaskFleet(LEASE);
	const [a] = [world.add('a', 0), world.add('b')];
	await world.pass(5);
	const sending = a.send('one', 0, 60_000);
	a.clock.pause();
	await world.pass(LEASE * 3);
	a.clock.resume();
	await world.pass(LEASE * 3);
	expect(sending.state).toBe('completed');
	expect(world.received).toHaveLength(1);
});

test('a server that takes a task and only gives it back again does so a few times a second', async () => {
	const { world, a, stranger } = start();
	a.send('one', 0, 60_000);
	await world.pass(5);
	let times = 0;
	for (const end = world.fleet.clock.now() + LEASE; world.fleet.clock.now() < end; ) {
		if ((await stranger.say('take', stranger.newest)) !== 'ok') continue;
		await stranger.say('refuse', stranger.newest);
		times++;
	}
	expect(times).toBeGreaterThan(1);
	expect(times).toBeLessThanOrEqual(12);
});

test('a server asks for no task that is larger than what it may have', async () => {
	const world = new TaskFleet(LEASE);
	const [a] = [world.add('a', 0), world.add('small', 1, 1024), world.add('b')];
	a.updateSize = 3000;
	await world.pass(5);
	let taken = 0;
	world.fleet.random = () => 0;
	world.fleet.tasks.tamper = (bytes) => {
		if (decodeMessage(bytes)?.verb === 'take') taken++;
		return bytes;
	};
	a.send('one', 0, 60_000);
	await world.pass(500);
	expect(taken).toBe(0);
	world.fleet.random = () => 0.9;
	await world.pass(500);
	expect(world.received).toMatchObject([{ by: 'b', state: 'completed' }]);
});

test('a task for which the machine of a server has no memory goes to another one', async () => {
	const world = new TaskFleet(LEASE);
	const large = 100_000;
	const [a, full, b] = [world.add('a', 0, large * 2), world.add('full', 1, large * 2), world.add('b', 1, large * 2)];
	// In one part.
	for (const { engine } of world.servers) engine.maxValue = large * 2;
	full.buffers.data.grow = () => {
		throw new RangeError('SharedArrayBuffer.prototype.grow failed');
	};
	a.updateSize = large;
	world.fleet.random = () => 0;
	await world.pass(5);
	const sending = a.send('one', 0, 60_000);
	await world.pass(LEASE);
	expect([sending.state, world.received]).toEqual(['waits', []]);
	world.fleet.random = () => 0.9;
	await world.pass(LEASE * 2);
	expect([sending.state, world.received]).toEqual(['completed', [expect.objectContaining({ by: b.label })]]);
	full.expectNothingKept();
});

test('a sender does not wait for ever for a server that neither picks its task up nor gives it back', async () => {
	const { world, a, stranger } = start();
	const sending = a.send('one', 0, 500);
	await world.pass(5);
	const id = stranger.newest;
	expect(await stranger.say('take', id)).toBe('ok');
	for (let i = 0; i < 30; i++) {
		await stranger.say(i % 2 === 0 ? 'alive' : 'take', id);
		await world.pass(LEASE / 5);
	}
	expect(sending.state).toBe('aborted');
});

test('a thread that is free for a task of a server that is gone is free for others', async () => {
	const world = new TaskFleet(LEASE);
	const [a, , c] = [world.add('a', 0), world.add('b'), world.add('c', 0)];
	await world.pass(5);
	a.send('lost', 0, 60_000);
	await world.pass(0);
	a.kill();
	await world.pass(5);
	const sending = c.send('one', 0, 60_000);
	await world.pass(LEASE / 2);
	expect(sending.state).toBe('completed');
});

test('a task that is given up before a thread has it counts once, at its sender', async () => {
	const world = new TaskFleet(LEASE);
	const [a, b] = [world.add('a', 0), world.add('b')];
	await world.pass(5);
	b.isHeld = true;
	world.fleet.fates = [
		{ there: 1, back: 1, lost: 'no' },
		{ there: 50, back: 1, lost: 'no' },
	];
	const sending = a.send('one', 0, 60_000);
	await world.pass(10);
	b.send('local', 0, 60_000);
	await world.pass(100);
	expect([a.load.depth, b.load.depth]).toEqual([1, 1]);
	a.abandon(sending);
	await world.pass(LEASE);
	expect([a.load.depth, b.load.depth]).toEqual([0, 0]);
	expect([a.counts.abandoned, b.counts.abandoned]).toEqual([1, 0]);
});

test('a scope that is closed with tasks out leaves nothing behind, and both sides learn of it', async () => {
	for (const closed of [['a'], ['b'], ['a', 'b']]) {
		const world = new TaskFleet(LEASE);
		const [a, b] = [world.add('a', 0), world.add('b')];
		b.isHeld = true;
		await world.pass(5);
		const out = a.send('out', 0, 60_000);
		await world.pass(50);
		expect(out.state).toBe('pickedUp');
		const waits = a.send('waits', 0, 60_000);
		await world.pass(50);
		const closing = [a, b].filter(({ label }) => closed.includes(label)).map((one) => one.tasks.close());
		// As when its threads end.
		if (closed.includes('b')) b.end();
		await world.pass(LEASE);
		await Promise.all(closing);
		expect([closed, out.state]).toEqual([closed, 'aborted']);
		expect([closed, waits.state]).toEqual([closed, 'waits']);
		if (closed.includes('a')) expect(world.received).toMatchObject([{ id: 'out', state: 'gone' }]);
		a.abandon(waits);
		if (closed.length === 1) for (const one of [a, b]) void one.tasks.close();
		await world.pass(LEASE * 2);
		expect(world.fleet.tasks.subscriptions.size).toBe(0);
		// All but the patience of the two senders.
		expect([...world.fleet.clock.timers].filter(({ at }) => at < world.fleet.clock.now() + LEASE * 3)).toEqual([]);
		for (const one of [a, b]) one.expectNothingKept();
	}
});
