import { expect, test } from 'vitest';
import { FleetWorld } from './support/fleet-world.ts';
import { TaskFleet } from './support/task-servers.ts';

/** Longer than anything that a server waits for after its end, milliseconds; what is left then would hold its process. */
const LEASE = 60_000;
/** The doubles of the engine keep the patience of a question that was answered. */
const PATIENCE = LEASE / 3;

test('a server that is closed without its engine waits for nothing, whether it holds a lease, follows, or tries', async () => {
	const world = new FleetWorld(LEASE);
	const servers = ['a', 'b', 'c'].map((label) => world.add(label));
	const [a, b, c] = servers as [(typeof servers)[0], (typeof servers)[0], (typeof servers)[0]];
	a.read();
	await world.pass(50);
	b.read();
	await world.pass(50);
	expect(servers.map(({ running }) => running.length)).toEqual([1, 0, 0]);
	// It learns who has the lease when it is about to be closed.
	world.fates = [
		{ there: 1, back: 1, lost: 'no' },
		{ there: 50, back: 50, lost: 'no' },
	];
	c.read();
	await world.pass(5);
	for (const { engine } of servers) engine.cutOff();
	const closing = servers.map((server) => server.close());
	await world.pass(2000);
	await Promise.all(closing);
	expect([...world.clock.timers]).toEqual([]);
});

test('a server that is closed without its engine waits for no task of others, wherever that was', async () => {
	// From its offer to the end of its last update.
	for (const milliseconds of [1, 2, 3, 5, 8, 50, 1000]) {
		const world = new TaskFleet(LEASE);
		const [a, b] = [world.add('a', 0), world.add('b')];
		await world.pass(5);
		b.isHeld = true;
		const sending = a.send('one', 40, 3 * LEASE);
		world.isUnread = true;
		await world.pass(milliseconds);
		for (const { engine } of [a, b]) engine.cutOff();
		b.end();
		const closing = [a, b].map(({ tasks }) => tasks.close());
		await world.pass(2000);
		await Promise.all(closing);
		a.abandon(sending);
		await world.pass(PATIENCE);
		// But the patience of the sender.
		const left = [...world.fleet.clock.timers].filter(({ at }) => at !== sending.until);
		expect([milliseconds, left]).toEqual([milliseconds, []]);
		for (const one of [a, b]) one.expectNothingKept();
	}
});
