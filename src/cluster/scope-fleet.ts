import type { Cancel, Clock, SidekickCells, SidekickThreads } from '../sidekicks/ports.ts';
import type { SidekickEvent } from '../sidekicks/sidekick-event.ts';
import type { SidekickFleet, SidekickStatus } from '../sidekicks/status.ts';
import type { ClusterEngine, Holder } from './engine.ts';
import type { FleetTasks } from './fleet-tasks.ts';
import { SharedSidekick } from './shared-sidekick.ts';

/** What a scope gives to its part of the fleet. */
export interface ScopeFleetPorts {
	/** The scope's name, by which it meets others. */
	readonly scope: string;
	readonly engine: ClusterEngine;
	readonly clock: Clock;
	readonly holder: Holder;
	/** Milliseconds between the stop flag and the termination of a thread. */
	readonly stopTimeout: number;
	/** Which names run once in the fleet. */
	isShared(name: string): boolean;
	/** Tasks of background workers that other servers may receive; undefined = there are none. */
	readonly tasks?: FleetTasks | undefined;
	/** Which background workers these are of. */
	sharesTasks(name: string): boolean;
	/** In [0, 1). */
	random(): number;
	/** Puts variables into the shared memory of the scope. */
	apply(handle: number, variables: Uint8Array): void;
	tell(event: SidekickEvent): void;
	/** Replaces what the error of a reader that has waited for too long says. @param more what the fleet has to say */
	describe(handle: number, status: SidekickStatus, more: string): void;
}

/** Where a background worker that shares its tasks runs. */
const ON_EVERY_SERVER = { shares: 'tasks', holder: undefined, here: true, since: undefined } as const;

/**
 * The shared sidekicks of one scope. The registry sees threads and cells as ever: a run of a shared name has a thread
 * only on the server that holds its lease, and its cell is written by what the engine has accepted. Main thread only.
 */
export class ScopeFleet {
	readonly #ports: ScopeFleetPorts;
	readonly #sidekicks = new Map<string, SharedSidekick>();
	/** The cells of shared names, and of background workers that share their tasks. */
	readonly #cells = new Map<number, { name: string; isBackground: boolean; status: SidekickStatus | undefined }>();
	readonly #unfollow: Cancel;
	#threads: SidekickThreads | undefined;
	/** Since when the engine tells nothing. */
	#lostAt: number | undefined;

	constructor(ports: ScopeFleetPorts) {
		this.#ports = ports;
		if (ports.engine.problem !== undefined) this.#lostAt = ports.clock.now();
		this.#unfollow = ports.engine.follow(ports.scope, {
			lease: (name, lease) => this.#of(name)?.leaseHeard(lease),
			snapshot: (name, snapshot) => this.#of(name)?.snapshotHeard(snapshot),
			anew: (kept) => {
				for (const sidekick of this.#sidekicks.values()) sidekick.anew(kept);
			},
			problem: () => this.#engineChanged(),
		});
	}

	/** Threads as the registry needs them. @param threads real ones */
	threads(threads: SidekickThreads): SidekickThreads {
		this.#threads = threads;
		return {
			start: (run, events) => {
				// Background workers are not shared: they run on every server, whatever the patterns say.
				const shared = run.isBackground ? undefined : this.#of(run.name);
				return shared === undefined ? threads.start(run, events) : shared.start(run, events);
			},
		};
	}

	/** Cells as the registry needs them. @param cells the scope's */
	cells(cells: SidekickCells): SidekickCells {
		return {
			reserve: (name, isBackground, threads) => {
				const handle = cells.reserve(name, isBackground, threads);
				const isShared = isBackground ? this.#ports.sharesTasks(name) : this.#ports.isShared(name);
				if (handle === undefined || !isShared) return handle;
				this.#cells.set(handle, { name, isBackground, status: undefined });
				if (isBackground) this.#ports.tasks?.serve(name, handle);
				return handle;
			},
			describe: (handle, status) => {
				const cell = this.#cells.get(handle);
				if (cell === undefined) {
					cells.describe(handle, status);
					return;
				}
				cell.status = status;
				this.#describe(handle, status);
			},
			fail: (handle, reason) => {
				const cell = this.#cells.get(handle);
				this.#cells.delete(handle);
				cells.fail(handle, reason);
				if (cell?.isBackground) this.#ports.tasks?.cease(handle);
				else if (cell !== undefined) this.#of(cell.name)?.gone();
			},
			bootFailed: (handle) => cells.bootFailed(handle),
			isReady: (handle) => cells.isReady(handle),
			publication: (handle) => cells.publication(handle),
			snapshot: (handle) => cells.snapshot(handle),
			fleet: (handle) => {
				const cell = this.#cells.get(handle);
				if (cell === undefined) return undefined;
				return { ...(cell.isBackground ? ON_EVERY_SERVER : this.#whereIs(cell.name)), behind: this.#behind };
			},
			...(cells.tasks && {
				tasks: (handle: number) => cells.tasks?.(handle) as NonNullable<ReturnType<typeof cells.tasks>>,
			}),
		};
	}

	/** Gives up every lease. Resolves when the engine knows, or does not answer. */
	async close(): Promise<void> {
		await Promise.all([...this.#sidekicks.values()].map((sidekick) => sidekick.close()));
		this.#unfollow();
	}

	#of(name: string): SharedSidekick | undefined {
		if (!this.#ports.isShared(name)) return undefined;
		const known = this.#sidekicks.get(name);
		if (known !== undefined) return known;
		const { scope, engine, clock, holder, stopTimeout } = this.#ports;
		const sidekick = new SharedSidekick(name, {
			...{ scope, engine, clock, holder, stopTimeout },
			threads: { start: (run, events) => (this.#threads as SidekickThreads).start(run, events) },
			random: () => this.#ports.random(),
			apply: (handle, variables) => this.#ports.apply(handle, variables),
			tell: (event) => {
				this.#ports.tell({ ...event, name });
				this.#describeAll();
			},
		});
		this.#sidekicks.set(name, sidekick);
		return sidekick;
	}

	#engineChanged(): void {
		const { engine, clock } = this.#ports;
		this.#lostAt = engine.problem === undefined ? undefined : (this.#lostAt ?? clock.now());
		for (const sidekick of this.#sidekicks.values()) sidekick.engineChanged();
		this.#ports.tasks?.engineChanged();
		this.#describeAll();
	}

	#whereIs(name: string): Omit<SidekickFleet, 'behind'> {
		const holder = this.#sidekicks.get(name)?.holder;
		return { shares: 'run', holder: holder?.label, here: holder?.isHere ?? false, since: holder?.since };
	}

	get #behind(): number {
		return this.#lostAt === undefined ? 0 : this.#ports.clock.now() - this.#lostAt;
	}

	#describeAll(): void {
		for (const [handle, { status }] of this.#cells) if (status !== undefined) this.#describe(handle, status);
	}

	#describe(handle: number, status: SidekickStatus): void {
		this.#ports.describe(handle, status, status.background ? this.#tasksSentence : this.#sentence(status.name));
	}

	get #tasksSentence(): string {
		const { engine } = this.#ports;
		return engine.problem === undefined
			? 'No thread of another server was free, either.'
			: `Other servers of the fleet cannot be asked: ${engine.place}: ${engine.problem}. Igor goes on trying.`;
	}

	#sentence(name: string): string {
		const { engine } = this.#ports;
		if (engine.problem !== undefined) {
			return `It runs once in the fleet, and ${engine.place} cannot be asked where: ${engine.problem}. Igor goes on trying.`;
		}
		const holder = this.#sidekicks.get(name)?.holder;
		if (holder === undefined) return 'It runs once in the fleet, and no server has started it yet.';
		return holder.isHere
			? 'It runs once in the fleet, on this server.'
			: `It runs once in the fleet, on ${holder.label}.`;
	}
}
