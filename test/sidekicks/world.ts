import type { DeclaredWorker } from '../../src/sidekicks/definition.ts';
import type {
	Cancel,
	RunOutcome,
	SidekickPorts,
	SidekickRun,
	SidekickRunEvents,
	SidekickRunRequest,
} from '../../src/sidekicks/ports.ts';
import { type EnsureResult, type SidekickOptions, SidekickRegistry } from '../../src/sidekicks/registry.ts';
import type { SidekickEvent } from '../../src/sidekicks/sidekick-event.ts';
import type { SidekickState } from '../../src/sidekicks/states.ts';
import type { SidekickStatus } from '../../src/sidekicks/status.ts';

export class FakeClock {
	time = 1_000_000;
	readonly timers = new Set<{ at: number; fn: () => void }>();
	now = () => this.time;
	after = (milliseconds: number, fn: () => void): Cancel => {
		const timer = { at: this.time + milliseconds, fn };
		this.timers.add(timer);
		return () => this.timers.delete(timer);
	};
	advance(milliseconds: number): void {
		const end = this.time + milliseconds;
		for (;;) {
			const due = [...this.timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
			if (due === undefined) break;
			this.timers.delete(due);
			this.time = due.at;
			due.fn();
		}
		this.time = end;
	}
}

/** A run that does only what the test tells it; it ends on nothing by itself. */
export class FakeRun implements SidekickRun {
	readonly threadId: number;
	readonly name: string;
	readonly handle: number;
	readonly attempt: number;
	readonly seat: number;
	readonly isBackground: boolean;
	readonly fresh: boolean;
	readonly startedAt: number;
	stopRaised = 0;
	terminated = 0;
	over = false;
	/** Its ready point was reported. */
	wasReady = false;
	readonly #events: SidekickRunEvents;
	readonly #world: World;
	constructor(world: World, run: SidekickRunRequest, events: SidekickRunEvents, id: number) {
		this.#world = world;
		this.#events = events;
		this.name = run.name;
		this.handle = run.handle;
		this.attempt = run.attempt;
		this.seat = run.seat;
		this.isBackground = run.isBackground;
		this.fresh = run.fresh;
		this.threadId = id;
		this.startedAt = world.clock.time;
	}
	raiseStop(): void {
		this.stopRaised++;
	}
	terminate(): void {
		this.terminated++;
	}
	/** As a thread does it: first the shared memory, then the message. */
	publish(): void {
		this.publishSilently();
		if (!this.isBackground) this.#tellReady();
	}
	/** The first tick of a background worker. */
	tick(): void {
		const cell = this.#world.cells.get(this.handle);
		if (cell !== undefined) cell.ticked = true;
		this.#tellReady();
	}
	/** Its ready point, whatever that is. */
	becomeReady(): void {
		if (this.isBackground) this.tick();
		else this.publish();
	}
	publishSilently(): void {
		const cell = this.#world.cells.get(this.handle);
		if (cell !== undefined) cell.version++;
	}
	#tellReady(): void {
		this.wasReady = true;
		this.#events.ready();
	}
	phpError(text: string): void {
		this.#events.phpError(text);
	}
	end(outcome: RunOutcome): void {
		this.over = true;
		this.#events.ended(outcome);
	}
	exit(status: number): void {
		this.end({ kind: 'exit', status });
	}
}

/** A declared worker, with defaults. */
export function worker(name: string, more: Partial<DeclaredWorker> = {}): DeclaredWorker {
	return { name, file: `/app/${name}.php`, num: 1, env: {}, maxConsecutiveFailures: 6, ...more };
}

type Cell = {
	name: string;
	version: number;
	ticked: boolean;
	bootFailures: number;
	states: SidekickState[];
	status: SidekickStatus | undefined;
};

/** A registry with everything around it faked. */
export class World {
	readonly clock = new FakeClock();
	readonly cells = new Map<number, Cell>();
	readonly failures: { name: string; reason: string }[] = [];
	readonly runs: FakeRun[] = [];
	readonly events: SidekickEvent[] = [];
	problem: string | undefined;
	problemChecks = 0;
	capacity = 100;
	/** Names that readers wait for. */
	readonly readers: string[] = [];
	snapshotBytes = new Uint8Array(4);
	/** When set, thread starts go wrong before `start` returns. */
	endAtOnce: RunOutcome | undefined;
	readonly registry: SidekickRegistry;
	#nextHandle = 1;
	readonly #background = new Set<string>();

	constructor(options: Partial<SidekickOptions> = {}) {
		const ports: SidekickPorts = {
			clock: this.clock,
			log: (event) => this.events.push(event),
			readersWaiting: (name) => this.readers.filter((waitsFor) => waitsFor === name).length,
			entrypointProblem: () => {
				this.problemChecks++;
				return this.problem;
			},
			cells: {
				bootFailed: (handle) => {
					this.#cell(handle).bootFailures++;
				},
				reserve: (name) => {
					if (this.cells.size >= this.capacity) return undefined;
					this.cells.set(this.#nextHandle, {
						name,
						version: 0,
						ticked: false,
						bootFailures: 0,
						states: [],
						status: undefined,
					});
					return this.#nextHandle++;
				},
				describe: (handle, status) => {
					const cell = this.#cell(handle);
					if (cell.states.at(-1) !== status.state) cell.states.push(status.state);
					cell.status = status;
				},
				fail: (handle, reason) => {
					this.failures.push({ name: this.#cell(handle).name, reason });
					this.cells.delete(handle);
				},
				isReady: (handle) => {
					const { name, version, ticked } = this.#cell(handle);
					return ticked || (version > 0 && !this.#background.has(name));
				},
				snapshot: (handle) => {
					const { version } = this.#cell(handle);
					return version > 0 ? { version, bytes: this.snapshotBytes } : undefined;
				},
				publication: (handle) => ({ version: this.#cell(handle).version, publishedAt: 7, size: 12, count: 3 }),
			},
			threads: {
				start: (request, events) => {
					const run = new FakeRun(this, request, events, this.runs.length + 100);
					this.runs.push(run);
					if (request.isBackground) this.#background.add(request.name);
					events.began();
					if (this.endAtOnce !== undefined) run.end(this.endAtOnce);
					return run;
				},
			},
		};
		this.registry = new SidekickRegistry({ entrypoint: { path: '/app/bin/console' }, ...options }, ports);
	}

	/** The newest run, of `name` when given. */
	run(name?: string): FakeRun {
		const run = this.runs.findLast((candidate) => name === undefined || candidate.name === name);
		if (run === undefined) throw new Error(`No run of ${name}`);
		return run;
	}
	ensure(...names: string[]): EnsureResult {
		return this.registry.ensure(names, undefined);
	}
	state(name: string): SidekickState | undefined {
		return this.registry.get(name)?.state;
	}
	types(name: string): string[] {
		return this.events.filter((event) => event.name === name).map((event) => event.type);
	}
	/** The run in that seat which is not over. */
	seat(name: string, seat: number): FakeRun {
		const run = this.runs.findLast((each) => each.name === name && each.seat === seat && !each.over);
		if (run === undefined) throw new Error(`No run of ${name} in seat ${seat}`);
		return run;
	}
	/** A sidekick that is ready. */
	ready(name: string): FakeRun {
		this.ensure(name);
		this.run(name).publish();
		return this.run(name);
	}
	/** The use of a handle that is not open is a bug of the registry. */
	#cell(handle: number): Cell {
		const cell = this.cells.get(handle);
		if (cell === undefined) throw new Error(`Cell ${handle} is not open`);
		return cell;
	}
}

/** The error of a refused `ensure()`. */
export function refusal(result: EnsureResult): { code: string; message: string } {
	if (result.ok) throw new Error('was accepted');
	return { code: result.error.code, message: result.error.message };
}
