import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FleetWorld } from './support/fleet-world.ts';
import { type Fate, rankOf } from './support/memory-engine.ts';

const LEASE = 1000;
const HOLDER = 3;
/** Of three; the fourth number means whoever runs it at the moment. */
const server = fc.oneof(fc.integer({ min: 0, max: 2 }), fc.constant(HOLDER));
const delay = fc.oneof(
	{ weight: 6, arbitrary: fc.integer({ min: 0, max: 20 }) },
	{ weight: 3, arbitrary: fc.integer({ min: 0, max: 250 }) },
	// An answer that nobody waits for any longer, to a question that is older than a lease.
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
const pass = fc.record({
	act: fc.constant('pass' as const),
	ms: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 5, max: 60 }), fc.integer({ min: 300, max: 1500 })),
});

/** What may happen to a fleet. */
const step = fc.oneof(
	{ weight: 8, arbitrary: pass },
	{
		weight: 3,
		arbitrary: fc.record({ act: fc.constantFrom('cutOff', 'reconnect', 'pause', 'suspend', 'resume'), server }),
	},
	{
		weight: 2,
		arbitrary: fc.record({ act: fc.constantFrom('read', 'crash', 'restart', 'stop', 'obey', 'ignore'), server }),
	},
	{
		weight: 1,
		arbitrary: fc.record({ act: fc.constant('lose' as const), kept: fc.constantFrom('leases', 'snapshots', 'both') }),
	},
	{ weight: 1, arbitrary: fc.record({ act: fc.constant('kill' as const), server: fc.constantFrom(0, HOLDER) }) },
	{
		weight: 3,
		arbitrary: fc.record({ act: fc.constant('network' as const), fates: fc.array(fate, { maxLength: 12 }) }),
	},
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function happen(world: FleetWorld, each: Step): Promise<void> {
	if (each.act === 'pass') await world.pass(each.ms);
	else if (each.act === 'network') world.fates.push(...each.fates);
	else if (each.act === 'lose') {
		// Who stands still meanwhile may write into an empty bucket what is older than what was lost: nothing can tell.
		if (world.servers.some(({ isDead, clock }) => !isDead && clock.isPaused)) return;
		await world.pass(0);
		if (each.kept !== 'snapshots') world.buckets.lose('leases');
		if (each.kept !== 'leases') world.buckets.lose('snapshots');
	} else {
		const one = world.servers[each.server] ?? world.servers.find(({ running }) => running.length > 0);
		if (one === undefined) return;
		const isAwake = !one.isDead && !one.clock.isPaused;
		if (each.act === 'resume') one.clock.resume();
		else if (each.act === 'cutOff' && isAwake) one.engine.cutOff();
		else if (each.act === 'reconnect' && isAwake) one.engine.reconnect();
		else if (each.act === 'kill' && world.servers.filter(({ isDead }) => !isDead).length > 1) one.kill();
		else if (each.act === 'pause') one.clock.pause();
		else if (each.act === 'suspend') one.clock.pause(true);
		else if (!isAwake) return;
		else if (each.act === 'read') one.read();
		else if (each.act === 'crash') for (const thread of one.running) thread.crash();
		else if (each.act === 'restart') one.registry.restart('clock');
		else if (each.act === 'stop') void one.registry.stop('clock');
		else if (each.act === 'obey') one.obeys = true;
		else if (each.act === 'ignore') one.obeys = false;
	}
	// All the time, by whoever can.
	for (const one of world.servers) if (!one.isDead && !one.clock.isPaused) one.publish();
	check(world);
}

/** What holds at every moment. */
function check({ servers, buckets }: FleetWorld): void {
	const holders = new Map<number, string>();
	let term = 0;
	for (const record of buckets.accepted) {
		// One publisher under each lease, and none after the next one's.
		expect(holders.get(record.term) ?? record.holder).toBe(record.holder);
		holders.set(record.term, record.holder);
		expect(rankOf(record.term)).toBeGreaterThanOrEqual(term);
		term = rankOf(record.term);
	}
	const texts = buckets.accepted.flatMap(({ text }) => (text === undefined ? [] : [text]));
	for (const { shown, running } of servers) {
		// Readers see what was accepted, in that order.
		let at = -1;
		for (const text of shown) {
			const next = texts.indexOf(text, Math.max(at, 0));
			expect(next, `${text} among ${texts}`).toBeGreaterThanOrEqual(at);
			at = next;
		}
		expect(running.length).toBeLessThanOrEqual(1);
	}
}

/** What once went wrong: the least that it takes. */
const FOUND: Step[][] = [
	// A server whose clock has stood still wrote under its old lease: the renewal that should confirm it got no answer.
	[
		{ act: 'suspend', server: 0 },
		{ act: 'pass', ms: 1006 },
		{ act: 'pass', ms: 5 },
		{ act: 'kill', server: HOLDER },
		{
			act: 'network',
			fates: [
				{ there: 0, back: 0, lost: 'no' },
				{ there: 0, back: 400, lost: 'there' },
			],
		},
		{ act: 'resume', server: 0 },
		{ act: 'pass', ms: 310 },
	],
	// One that was started again while it gave its lease up went on without it.
	[
		{ act: 'network', fates: [{ there: 2, back: 0, lost: 'no' }] },
		{ act: 'pass', ms: 2 },
		{ act: 'stop', server: 1 },
		{ act: 'pass', ms: 3 },
		{ act: 'read', server: 1 },
		{ act: 'kill', server: 0 },
		{ act: 'pass', ms: 5 },
	],
];

function* zeros(): Generator<number> {
	for (;;) yield 0;
}

test('whatever happens: one publisher at a time, one order for all, and in the end all servers agree', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(step, { minLength: 10, maxLength: 120, size: 'max' }),
			fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
			async (steps, random) => {
				const world = new FleetWorld(LEASE);
				world.random = () => random.next().value as number;
				for (const label of ['a', 'b', 'c']) world.add(label).read();
				for (const each of steps) await happen(world, each);

				// Everything works again.
				world.fates = [];
				const alive = world.servers.filter(({ isDead }) => !isDead);
				for (const one of alive) {
					one.obeys = true;
					one.clock.resume();
					one.engine.reconnect();
				}
				await world.pass(1000);
				for (const one of alive) one.read();
				await world.pass(20_000);
				check(world);
				const running = alive.filter((one) => one.running.length > 0);
				expect(running.map(({ label }) => label)).toHaveLength(1);
				running[0]?.publish();
				await world.pass(500);
				check(world);
				const last = world.buckets.accepted.at(-1)?.text;
				expect(last).toBeDefined();
				for (const one of alive) expect([one.label, one.shown.at(-1)]).toEqual([one.label, last]);
			},
		),
		{
			numRuns: Number(process.env.IGOR_FLEET_RUNS ?? 200),
			examples: FOUND.map((steps) => [steps, fc.stream(zeros())]),
		},
	);
}, 120_000);
