import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeAnswer, encodeMessage, messageOf } from '../../src/cluster/task-messages.ts';
import type { Fate } from './support/memory-engine.ts';
import { TaskFleet } from './support/task-servers.ts';

const LEASE = 1000;
const server = fc.integer({ min: 0, max: 2 });
const delay = fc.oneof(
	{ weight: 6, arbitrary: fc.integer({ min: 0, max: 20 }) },
	{ weight: 3, arbitrary: fc.integer({ min: 0, max: 250 }) },
	{ weight: 1, arbitrary: fc.integer({ min: 400, max: 2500 }) },
);
const fate: fc.Arbitrary<Fate> = fc.record({
	there: delay,
	back: delay,
	lost: fc.oneof(
		{ weight: 6, arbitrary: fc.constant('no' as const) },
		{ weight: 1, arbitrary: fc.constantFrom('there' as const, 'back' as const) },
	),
});
const step = fc.oneof(
	{
		weight: 5,
		arbitrary: fc.record({
			act: fc.constant('send' as const),
			server,
			updates: fc.integer({ min: 0, max: 40 }),
			patience: fc.constantFrom(30, 400, 5000),
		}),
	},
	{
		weight: 6,
		arbitrary: fc.record({
			act: fc.constant('pass' as const),
			ms: fc.oneof(
				fc.integer({ min: 0, max: 5 }),
				fc.integer({ min: 5, max: 60 }),
				fc.integer({ min: 300, max: 1500 }),
			),
		}),
	},
	{
		weight: 3,
		arbitrary: fc.record({ act: fc.constantFrom('cutOff', 'reconnect', 'pause', 'resume', 'hold', 'release'), server }),
	},
	{ weight: 1, arbitrary: fc.record({ act: fc.constantFrom('unread', 'abandon'), server }) },
	{ weight: 1, arbitrary: fc.record({ act: fc.constant('kill' as const), server: fc.constant(2) }) },
	{
		weight: 3,
		arbitrary: fc.record({ act: fc.constant('network' as const), fates: fc.array(fate, { maxLength: 12 }) }),
	},
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function happen(world: TaskFleet, each: Step): Promise<void> {
	if (each.act === 'pass') await world.pass(each.ms);
	else if (each.act === 'network') world.fleet.fates.push(...each.fates);
	else {
		const one = world.servers[each.server];
		if (one === undefined || one.clock.dead) return;
		if (each.act === 'resume') one.clock.resume();
		else if (each.act === 'kill') one.kill();
		else if (each.act === 'pause') one.clock.pause();
		else if (each.act === 'hold' || each.act === 'release') one.isHeld = each.act === 'hold';
		else if (each.act === 'unread') world.isUnread = !world.isUnread;
		else if (each.act === 'send') one.send(`t${world.sent.length}`, each.updates, each.patience);
		else if (each.act === 'abandon') for (const sending of world.sent) one === sending.from && one.abandon(sending);
		else if (one.clock.isPaused) return;
		else if (each.act === 'cutOff') {
			one.engine.cutOff();
			one.tasks.engineChanged();
		} else if (each.act === 'reconnect') {
			one.engine.reconnect();
			one.tasks.engineChanged();
		}
	}
	check(world);
}

/** What holds at every moment. */
function check({ sent, received }: TaskFleet): void {
	for (const { id, state, updates } of sent) {
		const receipts = received.filter((each) => each.id === id);
		expect(receipts.length, `${id} is received at most once`).toBeLessThanOrEqual(1);
		if (state === 'withdrawn') expect(receipts, `${id} was withdrawn`).toEqual([]);
		expect(updates, 'in order, and whole').toEqual(updates.map((_, index) => `${id}#${index}`));
		if (state === 'completed') expect([receipts[0]?.state, receipts[0]?.sent]).toEqual(['completed', updates.length]);
	}
}

test('whatever happens: a task is received at most once, and its sender learns the truth in time', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(step, { minLength: 10, maxLength: 80, size: 'max' }),
			fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
			async (steps, random) => {
				const world = new TaskFleet(LEASE);
				world.fleet.random = () => random.next().value as number;
				for (const label of ['a', 'b', 'c']) {
					const one = world.add(label);
					// Some go in parts.
					if (label === 'b') one.updateSize = 1500;
					one.engine.maxValue = 1500;
				}
				for (const each of steps) await happen(world, each);

				// Everything works again.
				world.fleet.fates = [];
				world.isUnread = false;
				const alive = world.servers.filter(({ clock }) => !clock.dead);
				for (const one of alive) {
					one.clock.resume();
					one.isHeld = false;
					one.engine.reconnect();
					one.tasks.engineChanged();
				}
				await world.pass(10_000);
				check(world);
				for (const { from, state, id } of world.sent) {
					if (!from.clock.dead) expect([id, state]).not.toEqual([id, expect.stringMatching(/^(waits|pickedUp)$/)]);
				}
				// No thread is lost to the fleet: as many as there are receive one each.
				for (const one of alive) one.isHeld = true;
				const last = alive.map((_, index) => alive[0]?.send(`last${index}`, 3, 5000));
				await world.pass(2000);
				expect(last.map((sending) => sending?.state)).toEqual(alive.map(() => 'pickedUp'));
				for (const one of alive) one.isHeld = false;
				await world.pass(5000);
				expect(last.map((sending) => sending?.state)).toEqual(alive.map(() => 'completed'));
				for (const one of alive) one.expectNothingKept();
			},
		),
		{ numRuns: Number(process.env.IGOR_FLEET_RUNS ?? 60) },
	);
}, 120_000);

test('a sender that does not read holds its worker up, also elsewhere', async () => {
	const world = new TaskFleet(LEASE);
	const [a] = [world.add('a', 0), world.add('b')];
	world.isUnread = true;
	const sending = a.send('long', 1000, 5000);
	await world.pass(LEASE * 5);
	// 16 here, 16 there, one on its way.
	expect(world.received).toMatchObject([{ by: 'b', sent: 33 }]);
	world.isUnread = false;
	await world.pass(LEASE * 5);
	expect(sending.state).toBe('completed');
	expect(sending.updates).toHaveLength(1000);
});

test('tasks count once in the fleet: where a thread has worked on them', async () => {
	const world = new TaskFleet(LEASE);
	const [a, b] = [world.add('a', 0), world.add('b')];
	b.isHeld = true;
	await world.pass(5);
	const sending = a.send('one', 0, 5000);
	await world.pass(50);
	expect([sending.state, a.load, b.load]).toEqual(['pickedUp', { depth: 0, busy: 0 }, { depth: 0, busy: 1 }]);
	b.isHeld = false;
	await world.pass(50);
	expect([a.counts.completed, b.counts.completed]).toEqual([0, 1]);
	b.isHeld = true;
	a.send('two', 0, 5000);
	await world.pass(50);
	b.kill();
	await world.pass(LEASE * 2);
	// Nobody else could tell.
	expect(a.counts.aborted).toBe(1);
	a.send('three', 0, 500);
	await world.pass(1000);
	expect(a.counts).toMatchObject({ completed: 0, aborted: 1, abandoned: 0, timeout: 1 });
});

test('one message that gets lost, whichever it is, changes nothing', async () => {
	for (const lost of ['there', 'back'] as const) {
		for (let count = 0; count < 18; count++) {
			const world = new TaskFleet(LEASE);
			const [a, b] = [world.add('a', 0), world.add('b')];
			b.updateSize = 1500;
			a.updateSize = 1500;
			await world.pass(5);
			const fine: Fate = { there: 1, back: 1, lost: 'no' };
			world.fleet.fates = [...Array.from({ length: count }, () => fine), { ...fine, lost }];
			const sending = a.send('one', 3, 5000);
			await world.pass(3000);
			expect([lost, count, sending.state, sending.updates]).toEqual([
				lost,
				count,
				'completed',
				['one#0', 'one#1', 'one#2'],
			]);
			expect(world.received).toHaveLength(1);
		}
	}
});

test('what comes from the network is not trusted', async () => {
	const world = new TaskFleet(LEASE);
	const [a, b] = [world.add('a', 0), world.add('b')];
	let bytes = 0;
	world.fleet.tasks.tamper = (message) => {
		// Another byte of each message, the lengths among them.
		const at = bytes++ % Math.max(1, message.length);
		message[at] = ~(message[at] ?? 0);
		return message;
	};
	a.send('spoilt', 3, 3000);
	await world.pass(10_000);
	world.fleet.tasks.tamper = (message) => message;
	await world.pass(5);
	b.isHeld = true;
	const whole = a.send('whole', 3, 5000);
	await world.pass(500);
	expect(whole.state).toBe('pickedUp');
	for (const verb of ['complete', 'abort', 'refuse', 'update', 'take'] as const) {
		const asked = b.engine.tasks.ask('a', encodeMessage(messageOf(verb, 'a/2', 'stranger')), 500);
		await world.pass(100);
		expect(decodeAnswer(await asked)?.result).toBe('gone');
	}
	b.isHeld = false;
	await world.pass(10_000);
	expect(whole.state).toBe('completed');
	expect(whole.updates).toEqual(['whole#0', 'whole#1', 'whole#2']);
	for (const one of [a, b]) one.expectNothingKept();
});
