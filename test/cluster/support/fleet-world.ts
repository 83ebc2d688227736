import { ScopeFleet } from '../../../src/cluster/scope-fleet.ts';
import type { DeclaredWorker } from '../../../src/sidekicks/definition.ts';
import type {
	Clock,
	SidekickCells,
	SidekickRun,
	SidekickRunEvents,
	SidekickRunRequest,
} from '../../../src/sidekicks/ports.ts';
import { SidekickRegistry } from '../../../src/sidekicks/registry.ts';
import type { SidekickEvent } from '../../../src/sidekicks/sidekick-event.ts';
import { FakeClock } from '../../sidekicks/world.ts';
import { type Fate, MemoryBuckets, MemoryEngine } from './memory-engine.ts';
import { TaskNetwork } from './memory-tasks.ts';

const STOP_TIMEOUT = 200;

/** A clock that stands still with its server: what is due meanwhile comes afterwards, as after SIGCONT. */
export class ServerClock implements Clock {
	readonly #world: FakeClock;
	#held: (() => void)[] | undefined;
	dead = false;
	/** Time that it has not noticed: a machine that was suspended. */
	#lost = 0;
	#suspendedAt: number | undefined;

	constructor(world: FakeClock) {
		this.#world = world;
	}

	now(): number {
		return (this.#suspendedAt ?? this.#world.now()) - this.#lost;
	}

	after(milliseconds: number, fn: () => void): () => void {
		let cancelled = false;
		const cancel = this.#world.after(milliseconds, () => {
			const call = (): void => {
				if (!cancelled && !this.dead) fn();
			};
			if (this.#held !== undefined) this.#held.push(call);
			else call();
		});
		return () => {
			cancelled = true;
			cancel();
		};
	}

	get isPaused(): boolean {
		return this.#held !== undefined;
	}

	/** @param suspended its clock stands still, too */
	pause(suspended = false): void {
		this.#held ??= [];
		if (suspended) this.#suspendedAt ??= this.#world.now();
	}

	resume(): void {
		if (this.#suspendedAt !== undefined) this.#lost += this.#world.now() - this.#suspendedAt;
		this.#suspendedAt = undefined;
		const held = this.#held ?? [];
		this.#held = undefined;
		for (const call of held) call();
	}
}

/** A thread that does what the test says. */
export class FleetThread implements SidekickRun {
	readonly threadId = 1;
	readonly request: SidekickRunRequest;
	readonly events: SidekickRunEvents;
	readonly #server: FleetServerDouble;
	isOver = false;

	constructor(server: FleetServerDouble, request: SidekickRunRequest, events: SidekickRunEvents) {
		this.#server = server;
		this.request = request;
		this.events = events;
		server.clock.after(1, () => events.began());
	}

	publish(text: string): void {
		if (!this.isOver) this.events.published?.(new TextEncoder().encode(text));
	}

	crash(): void {
		this.#end({ kind: 'exit', status: 1 });
	}

	raiseStop(): void {
		if (this.#server.obeys) this.#server.clock.after(3, () => this.#end({ kind: 'exit', status: 0 }));
	}

	terminate(): void {
		this.#server.clock.after(1, () => this.#end({ kind: 'terminated' }));
	}

	#end(outcome: Parameters<SidekickRunEvents['ended']>[0]): void {
		if (this.isOver) return;
		this.isOver = true;
		this.events.ended(outcome);
	}
}

/** One server of a fleet: the real registry and the real logic of the fleet; threads and engine are doubles. */
export class FleetServerDouble {
	readonly label: string;
	readonly clock: ServerClock;
	readonly engine: MemoryEngine;
	readonly registry: SidekickRegistry;
	readonly threads: FleetThread[] = [];
	readonly events: SidekickEvent[] = [];
	/** What its readers see, one after the other. */
	readonly shown: string[] = [];
	readonly texts = new Map<number, string>();
	/** Threads end when they are told to. */
	obeys = true;
	readonly fleet: ScopeFleet;
	#published = 0;

	/** @param workers background workers of its configuration */
	constructor(label: string, world: FleetWorld, workers: readonly DeclaredWorker[] = []) {
		this.label = label;
		this.clock = new ServerClock(world.clock);
		const isGone = () => this.clock.dead;
		this.engine = new MemoryEngine(world.buckets, world.clock, this.clock, () => world.fate(), world.tasks, isGone);
		const ready = new Set<number>();
		let next = 1;
		const cells: SidekickCells = {
			reserve: () => next++,
			bootFailed: () => {},
			describe: () => {},
			fail: (handle) => void ready.delete(handle),
			isReady: (handle) => ready.has(handle),
			publication: () => ({ version: 0, publishedAt: 0, size: 0, count: 0 }),
			snapshot: () => undefined,
		};
		this.fleet = new ScopeFleet({
			scope: 'web',
			engine: this.engine,
			clock: this.clock,
			holder: { id: label, label },
			stopTimeout: STOP_TIMEOUT,
			isShared: () => true,
			sharesTasks: () => false,
			random: () => world.random(),
			apply: (handle, variables) => {
				ready.add(handle);
				const text = new TextDecoder().decode(variables);
				if (this.shown.at(-1) !== text) this.shown.push(text);
			},
			tell: (event) => this.events.push(event),
			describe: (handle, _, more) => this.texts.set(handle, more),
		});
		this.registry = new SidekickRegistry(
			{ entrypoint: { path: 'console' }, workers, maxConsecutiveFailures: 2, stopTimeout: STOP_TIMEOUT },
			{
				clock: this.clock,
				cells: this.fleet.cells(cells),
				threads: this.fleet.threads({
					start: (request, events) => {
						const thread = new FleetThread(this, request, events);
						this.threads.push(thread);
						return thread;
					},
				}),
				log: (event) => this.events.push(event),
				entrypointProblem: () => undefined,
				readersWaiting: () => 0,
			},
		);
	}

	get isDead(): boolean {
		return this.clock.dead;
	}

	/** Threads that run. */
	get running(): FleetThread[] {
		return this.threads.filter(({ isOver }) => !isOver);
	}

	read(): void {
		this.registry.ensure(['clock'], undefined);
	}

	/** Its thread publishes the next text. */
	publish(): void {
		for (const thread of this.running) thread.publish(`${this.label}${++this.#published}`);
	}

	kill(): void {
		this.clock.dead = true;
		for (const thread of this.threads) thread.isOver = true;
	}

	async close(): Promise<void> {
		await this.registry.stopAll();
		await this.fleet.close();
	}
}

/** A fleet in a world whose time and network the test makes. */
export class FleetWorld {
	readonly clock = new FakeClock();
	readonly buckets: MemoryBuckets;
	readonly tasks: TaskNetwork;
	readonly servers: FleetServerDouble[] = [];
	/** How the next questions fare. */
	fates: Fate[] = [];
	random: () => number = () => 0.5;

	constructor(lease = 1000) {
		this.buckets = new MemoryBuckets(this.clock, lease);
		this.tasks = new TaskNetwork(
			this.clock,
			() => this.fate(),
			() => this.random(),
		);
	}

	fate(): Fate {
		return this.fates.shift() ?? { there: 1, back: 1, lost: 'no' };
	}

	add(label: string, workers?: readonly DeclaredWorker[]): FleetServerDouble {
		const server = new FleetServerDouble(label, this, workers);
		this.servers.push(server);
		return server;
	}

	/** Time goes on, and promises settle in between. */
	async pass(milliseconds: number): Promise<void> {
		const end = this.clock.time + milliseconds;
		await settle();
		for (;;) {
			const next = Math.min(...[...this.clock.timers].map(({ at }) => at));
			if (!(next <= end)) break;
			this.clock.advance(Math.max(0, next - this.clock.time));
			await settle();
		}
		this.clock.advance(end - this.clock.time);
		await settle();
	}
}

/** Everything that promises have to say to each other. */
function settle(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
