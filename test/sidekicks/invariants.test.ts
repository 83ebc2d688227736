import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RunOutcome } from '../../src/sidekicks/ports.ts';
import { LEGAL_TRANSITIONS, type SidekickState } from '../../src/sidekicks/states.ts';
import { type FakeRun, World, worker } from './world.ts';

const MAX = 3;
const WORKERS = [worker('solo', { maxConsecutiveFailures: 2 }), worker('pool', { num: 3, maxConsecutiveFailures: -1 })];
const CATCH_ALL = { file: '/app/any.php', env: {}, maxConsecutiveFailures: 2, max: 2 };
const THREADS: Readonly<Record<string, number>> = { pool: 3 };
const name = fc.constantFrom('a', 'b', 'c', 'd', 'solo', 'pool');
const asking = fc.constantFrom('sidekick' as const, 'vars' as const, 'worker' as const);
const seat = fc.nat({ max: 2 });
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 4 });
const outcome: fc.Arbitrary<RunOutcome> = fc.oneof(
	fc.record({ kind: fc.constant('exit' as const), status: fc.constantFrom(0, 1, 255) }),
	fc.constant<RunOutcome>({ kind: 'trap', message: 'unreachable' }),
	fc.constant<RunOutcome>({ kind: 'terminated' }),
	fc.constant<RunOutcome>({ kind: 'startFailed', message: 'no memory' }),
);
const step = fc.oneof(
	fc.record({ do: fc.constant('ensure' as const), names, waiter: fc.option(name, { nil: undefined }), asking, seat }),
	fc.record({ do: fc.constant('waitEnded' as const), names, waiter: name, seat }),
	fc.record({ do: fc.constant('publish' as const), pick: fc.nat(), silently: fc.boolean() }),
	fc.record({ do: fc.constant('tick' as const), pick: fc.nat() }),
	fc.record({ do: fc.constant('end' as const), pick: fc.nat(), outcome }),
	fc.record({ do: fc.constant('advance' as const), by: fc.constantFrom(1, 50, 100, 400, 1000, 5000, 12_000) }),
	fc.record({ do: fc.constant('restart' as const), name }),
	fc.record({ do: fc.constant('stop' as const), name }),
	fc.record({ do: fc.constant('restartAll' as const) }),
);

/** Runs that have reached their ready point, and need not end: each thread drains by itself. */
function readyRuns(live: readonly FakeRun[], name: string): number {
	return live.filter((run) => run.name === name && run.wasReady && run.stopRaised === 0).length;
}

/** What becomes of the threads when the end of each is asked for: each is told once, and each for itself. */
function expectDrain(
	before: ReadonlyMap<FakeRun, number>,
	live: readonly FakeRun[],
	isMeant: (run: FakeRun) => boolean,
): void {
	for (const run of live) {
		const raised = before.get(run);
		if (raised === undefined) expect(run.stopRaised, 'a new run has to end at once').toBe(0);
		else expect(run.stopRaised, `${run.name}, thread ${run.seat}`).toBe(isMeant(run) ? 1 : raised);
	}
}

function invariants(world: World, live: FakeRun[]): void {
	const places = live.map((run) => `${run.name} ${run.seat}`);
	expect(new Set(places).size, 'two runs in a seat at once').toBe(places.length);
	const list = world.registry.list();
	expect(list.filter(({ origin }) => origin === 'first read').length).toBeLessThanOrEqual(MAX);
	expect(list.filter(({ origin }) => origin === 'catch-all').length).toBeLessThanOrEqual(CATCH_ALL.max);
	expect(world.cells.size, 'one cell per sidekick').toBe(list.length);
	let waiting = 0;
	for (const info of list) {
		expect(['starting', 'ready', 'restarting', 'stopping']).toContain(info.state);
		expect(info.num).toBe(THREADS[info.name] ?? 1);
		const alive = live.filter((run) => run.name === info.name).length;
		expect(alive).toBeLessThanOrEqual(info.num);
		if (info.state === 'ready' || info.state === 'stopping') expect(alive).toBeGreaterThan(0);
		if (info.state !== 'stopping') expect(info.state === 'ready').toBe(info.readyThreads > 0);
		expect(info.readyThreads, 'ready and not asked to end').toBe(readyRuns(live, info.name));
		if (info.state !== 'starting' && info.state !== 'stopping') expect(info.ready).toBe(true);
		if (info.state !== 'stopping') waiting += info.num - alive;
	}
	// Each seat without a run has one timer; one with a run has at most its stop deadline, and the warning of a slow start.
	const warnings = live.filter(({ isBackground }) => isBackground).length;
	expect(world.clock.timers.size).toBeGreaterThanOrEqual(waiting);
	expect(world.clock.timers.size).toBeLessThanOrEqual(waiting + live.length + warnings);
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
			const world = new World({
				max: MAX,
				maxConsecutiveFailures: 2,
				stopTimeout: 3000,
				workers: WORKERS,
				catchAll: CATCH_ALL,
			});
			world.registry.startDeclared().catch(() => {});
			const live = () => world.runs.filter((run) => !run.over);
			const pick = (index: number) => live()[index % Math.max(1, live().length)];
			for (const action of steps) {
				if (action.do === 'ensure') world.registry.ensure(action.names, action.waiter, action.asking, action.seat);
				else if (action.do === 'waitEnded') world.registry.waitEnded(action.waiter, action.names, action.seat);
				else if (action.do === 'tick') pick(action.pick)?.becomeReady();
				else if (action.do === 'publish') {
					if (action.silently) pick(action.pick)?.publishSilently();
					else pick(action.pick)?.publish();
				} else if (action.do === 'end') pick(action.pick)?.end(action.outcome);
				else if (action.do === 'advance') world.clock.advance(action.by);
				else {
					const before = new Map(live().map((run) => [run, run.stopRaised]));
					if (action.do === 'restart') world.registry.restart(action.name);
					else if (action.do === 'stop') void world.registry.stop(action.name);
					else world.registry.restartAll();
					const isMeant = (run: FakeRun) => action.do === 'restartAll' || run.name === action.name;
					expectDrain(before, live(), isMeant);
				}
				for (const run of live()) expect(run.terminated).toBeLessThanOrEqual(1);
				invariants(world, live());
			}

			const started = world.runs.length;
			const stopped = world.registry.stopAll();
			for (const run of live()) expect(run.stopRaised).toBe(1);
			if (reports) for (const run of live()) run.exit(0);
			else {
				const ignores = live();
				world.clock.advance(3500);
				for (const run of ignores) expect(run.terminated).toBe(1);
			}
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
