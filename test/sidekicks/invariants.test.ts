import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RunOutcome } from '../../src/sidekicks/ports.ts';
import { LEGAL_TRANSITIONS, type SidekickState } from '../../src/sidekicks/states.ts';
import { type FakeRun, World } from './world.ts';

const MAX = 3;
const name = fc.constantFrom('a', 'b', 'c', 'd');
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 4 });
const outcome: fc.Arbitrary<RunOutcome> = fc.oneof(
	fc.record({ kind: fc.constant('exit' as const), status: fc.constantFrom(0, 1, 255) }),
	fc.constant<RunOutcome>({ kind: 'trap', message: 'unreachable' }),
	fc.constant<RunOutcome>({ kind: 'terminated' }),
	fc.constant<RunOutcome>({ kind: 'startFailed', message: 'no memory' }),
);
const step = fc.oneof(
	fc.record({ do: fc.constant('ensure' as const), names, waiter: fc.option(name, { nil: undefined }) }),
	fc.record({ do: fc.constant('waitEnded' as const), names, waiter: name }),
	fc.record({ do: fc.constant('publish' as const), pick: fc.nat(), silently: fc.boolean() }),
	fc.record({ do: fc.constant('end' as const), pick: fc.nat(), outcome }),
	fc.record({ do: fc.constant('advance' as const), by: fc.constantFrom(1, 50, 100, 400, 1000, 5000, 12_000) }),
	fc.record({ do: fc.constant('restart' as const), name }),
	fc.record({ do: fc.constant('stop' as const), name }),
	fc.record({ do: fc.constant('restartAll' as const) }),
);

function invariants(world: World, live: FakeRun[]): void {
	const running = live.map((run) => run.name);
	expect(new Set(running).size, 'two runs of a name at once').toBe(running.length);
	const list = world.registry.list();
	expect(list.length).toBeLessThanOrEqual(MAX);
	expect(world.cells.size, 'one cell per sidekick').toBe(list.length);
	for (const info of list) {
		expect(['starting', 'ready', 'restarting', 'stopping']).toContain(info.state);
		const alive = running.includes(info.name);
		if (info.state === 'ready' || info.state === 'stopping') expect(alive).toBe(true);
	}
	// Each sidekick without a run has one timer; one with a run has at most its stop deadline.
	const idle = list.filter((info) => !running.includes(info.name)).length;
	expect(world.clock.timers.size).toBeGreaterThanOrEqual(idle);
	expect(world.clock.timers.size).toBeLessThanOrEqual(list.length);
	for (const cell of world.cells.values()) {
		cell.states.reduce((from: SidekickState, to) => {
			expect(LEGAL_TRANSITIONS[from]).toContain(to);
			return to;
		});
	}
	for (const run of live) expect(world.registry.get(run.name), 'a run without a sidekick').toBeDefined();
}

it('keeps its invariants whatever happens in whatever order', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.boolean(), async (steps, reports) => {
			const world = new World({ max: MAX, maxConsecutiveFailures: 2, stopTimeout: 3000 });
			const live = () => world.runs.filter((run) => !run.over);
			const pick = (index: number) => live()[index % Math.max(1, live().length)];
			for (const action of steps) {
				if (action.do === 'ensure') world.registry.ensure(action.names, action.waiter);
				else if (action.do === 'waitEnded') world.registry.waitEnded(action.waiter, action.names);
				else if (action.do === 'publish') {
					if (action.silently) pick(action.pick)?.publishSilently();
					else pick(action.pick)?.publish();
				} else if (action.do === 'end') pick(action.pick)?.end(action.outcome);
				else if (action.do === 'advance') world.clock.advance(action.by);
				else if (action.do === 'restart') world.registry.restart(action.name);
				else if (action.do === 'stop') void world.registry.stop(action.name);
				else world.registry.restartAll();
				invariants(world, live());
			}

			const started = world.runs.length;
			const stopped = world.registry.stopAll();
			for (const run of live()) expect(run.stopRaised).toBe(1);
			if (reports) for (const run of live()) run.exit(0);
			else world.clock.advance(3500);
			await stopped;
			expect(world.clock.timers.size, 'a timer survived').toBe(0);
			expect(world.cells.size).toBe(0);
			for (const run of live()) run.exit(1);
			world.clock.advance(60_000);
			expect(world.runs).toHaveLength(started);
			expect(world.registry.list()).toEqual([]);
		}),
		{ numRuns: 500 },
	);
});
