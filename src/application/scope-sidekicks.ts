import type { FleetMember } from '../cluster/engine.ts';
import { FleetTasks } from '../cluster/fleet-tasks.ts';
import { ScopeFleet } from '../cluster/scope-fleet.ts';
import type { ResolvedOptions } from '../config/options.ts';
import type { Logger } from '../log/logger.ts';
import type { ThreadEvent, Waiter } from '../php-thread/thread-messages.ts';
import type { SidekickBoard } from '../shared-memory/sidekick-board.ts';
import { TaskLoans } from '../shared-memory/task-loans.ts';
import { NO_SEAT } from '../shared-memory/task-seats.ts';
import { TaskTable } from '../shared-memory/task-table.ts';
import { AllowedNames } from '../sidekicks/allowed-names.ts';
import type { Asking } from '../sidekicks/definition.ts';
import { describeStatus } from '../sidekicks/error-texts.ts';
import { logSidekickEvents } from '../sidekicks/event-log.ts';
import type { Clock } from '../sidekicks/ports.ts';
import { type EnsureResult, SidekickRegistry } from '../sidekicks/registry.ts';
import type { SidekickEvent } from '../sidekicks/sidekick-event.ts';
import type { SidekickInfo } from '../sidekicks/status.ts';
import { WaitingReaders } from '../sidekicks/waiting-readers.ts';
import type { PhpThreadHandle } from '../threads/php-thread-handle.ts';
import { PhpSidekickThreads } from '../threads/sidekick-threads.ts';
import type { ThreadSource } from '../threads/thread-source.ts';
import { present } from '../time/clock.ts';
import type { ScopeMeasures, Unsubscribe, WorkerMeasures } from './scope.ts';
import type { ScopeBoard, ServerBoard } from './server-board.ts';

const CLOCK: Clock = {
	now: present,
	after: (milliseconds, fn) => {
		const timer = setTimeout(fn, milliseconds);
		return () => clearTimeout(timer);
	},
};

/** Among those that publish; PHP threads count from 1. */
const MAIN_THREAD = -1;

/** What the sidekicks of a scope need from it. */
export type SidekicksSetting = {
	place: ScopeBoard;
	/** Where threads with these variables come from. */
	sourceOf(env: Readonly<Record<string, string>>): ThreadSource;
	log: Logger;
	/** A sentence when the entrypoint cannot be read. */
	entrypointProblem(path: string): string | undefined;
	/** The engine of the fleet; undefined = there is none. */
	fleet?: FleetMember | undefined;
};

/** The sidekicks and background workers of a scope: the registry, connected to PHP threads and to listeners. */
export class ScopeSidekicks {
	readonly registry: SidekickRegistry;
	readonly #board: SidekickBoard;
	readonly #server: ServerBoard | undefined;
	readonly #threads: PhpSidekickThreads;
	readonly #eager: readonly string[];
	readonly #log: Logger;
	readonly #fleet: ScopeFleet | undefined;
	readonly #fleetTasks: FleetTasks | undefined;
	readonly #readers = new WaitingReaders();
	readonly #listeners = new Set<(event: SidekickEvent) => void>();

	constructor(options: ResolvedOptions, { place, sourceOf, log, entrypointProblem, fleet }: SidekicksSetting) {
		const { sidekicks, backgroundWorkers: workers = [], backgroundCatchAll: catchAll } = options;
		const entrypoint = sidekicks?.entrypoint;
		const { board, cells, server } = place;
		this.#server = server;
		const writeLog = logSidekickEvents(log);
		this.#log = log;
		this.#eager = sidekicks?.eager ?? [];
		this.#board = board;
		this.#threads = new PhpSidekickThreads(sourceOf, log, () => board.wakeWaiters());
		const record = (event: SidekickEvent): void => {
			writeLog(event);
			this.#tell(event);
		};
		this.#fleetTasks = fleet && fleetTasksOf(fleet, options, place);
		this.#fleet = fleet && this.#joined(fleet, options, record);
		this.registry = new SidekickRegistry(
			{
				entrypoint: entrypoint === undefined ? undefined : { path: entrypoint },
				workers,
				catchAll,
				elsewhere: () => this.#global?.declared ?? [],
				stopTimeout: options.stopTimeout,
				...(sidekicks && {
					max: sidekicks.max,
					// Sidekicks that start with the server need not be listed twice.
					allow: sidekicks.allow.length === 0 ? [] : [...sidekicks.allow, ...sidekicks.eager],
					env: sidekicks.env,
					maxConsecutiveFailures: sidekicks.maxConsecutiveFailures,
					stopTimeout: sidekicks.stopTimeout,
				}),
			},
			{
				clock: CLOCK,
				cells: this.#fleet?.cells(cells) ?? cells,
				threads: this.#fleet?.threads(this.#threads) ?? this.#threads,
				log: record,
				entrypointProblem: () => (entrypoint === undefined ? undefined : entrypointProblem(entrypoint)),
				readersWaiting: (name) => this.#readers.count(name) + (this.#isGlobal ? (server?.readers.count(name) ?? 0) : 0),
			},
		);
	}

	/** Whether this scope runs the global workers. */
	get #isGlobal(): boolean {
		return this.#server?.global === this.registry;
	}

	/** The registry of the global workers, if that is another one. */
	get #global(): SidekickRegistry | undefined {
		return this.#isGlobal ? undefined : this.#server?.global;
	}

	/** From now on, all scopes find its workers. */
	becomeGlobal(): void {
		if (this.#server !== undefined) this.#server.global = this.registry;
	}

	/** Threads of background workers that are not ready. */
	get booting(): PhpThreadHandle[] {
		return this.#threads.booting;
	}

	/** Starts the sidekicks that are to run from the start; does not wait until they are ready. */
	startEager(): void {
		for (const name of this.#eager) {
			const result = this.registry.ensure([name], undefined);
			if (!result.ok) this.#log.error(result.error.message, { sidekick: name, code: result.error.code });
		}
	}

	/** Ends all, for good, and gives up what is held in the fleet. */
	async close(patience: number): Promise<void> {
		await this.registry.stopAll(patience);
		await this.#fleet?.close();
	}

	/** The threads of the scope are gone: nobody waits for tasks any more. Resolves when other servers know. */
	async closeTasks(): Promise<void> {
		await this.#fleetTasks?.close();
	}

	/** The numbers of the pools, and of background workers. */
	measures(pools: ScopeMeasures): ScopeMeasures {
		const background = this.registry.list().filter(({ origin }) => origin !== 'first read');
		const threads = background.reduce((sum, { runningThreads }) => sum + runningThreads, 0);
		return {
			...pools,
			totalThreads: pools.totalThreads + threads,
			workers: [...pools.workers, ...background.map(measuresOf)],
		};
	}

	/** A thread asks for sidekicks, and sleeps until it gets the reply. @param found hears of it before */
	ensure(
		thread: PhpThreadHandle,
		event: Extract<ThreadEvent, { type: 'ensure' }>,
		found?: (names: readonly string[], handles: readonly number[]) => void,
	): void {
		const { question, names, asking, waiter } = event;
		const result = this.#ensure(names, waiter, asking);
		if (result.ok) this.#readers.begin(thread, names, question);
		if (result.ok && this.#global !== undefined)
			this.#server?.readers.begin(thread, names.filter(this.#isElsewhere(asking)), question);
		if (result.ok) found?.(names, result.handles);
		thread.cell.reply(question, result.ok ? result : { ok: false, message: result.error.message });
	}

	/** In this scope, then among the global workers; a sidekick comes last. */
	#ensure(names: readonly string[], waiter: Waiter | undefined, asking: Asking): EnsureResult {
		const global = this.#global;
		const elsewhere = names.filter(this.#isElsewhere(asking));
		if (global === undefined || elsewhere.length === 0) {
			return this.registry.ensure(names, waiter?.name, asking, waiter?.seat);
		}
		// Nobody waits for a scope there, so no cycle comes about. Declared ones run anyhow, so nothing is left half-started.
		const theirs = global.ensure(elsewhere, undefined, asking);
		if (!theirs.ok || elsewhere.length === names.length) return theirs;
		const here = names.filter((name) => !elsewhere.includes(name));
		const ours = this.registry.ensure(here, waiter?.name, asking, waiter?.seat);
		if (!ours.ok) return ours;
		const handles = new Map<string, number>();
		for (const [index, name] of elsewhere.entries()) handles.set(name, theirs.handles[index] as number);
		for (const [index, name] of here.entries()) handles.set(name, ours.handles[index] as number);
		return { ok: true, handles: names.map((name) => handles.get(name) as number) };
	}

	/** Whether a name is that of a global worker, as seen from here. */
	#isElsewhere(asking: Asking): (name: string) => boolean {
		const global = this.#global;
		return (name) => {
			if (global === undefined || this.registry.declared.includes(name)) return false;
			return global.declared.includes(name) || (!this.registry.serves(name, asking) && global.serves(name, asking));
		};
	}

	/** The thread of a sidekick, which had got its reply, waits no longer. */
	waitEnded({ names, waiter }: Extract<ThreadEvent, { type: 'waitEnded' }>): void {
		this.registry.waitEnded(waiter.name, names, waiter.seat);
	}

	/** A thread is gone, so it no longer waits. */
	threadLost(thread: PhpThreadHandle): void {
		this.#readers.forget(thread);
		this.#server?.readers.forget(thread);
		this.#board.releaseThread(thread.boardOwner);
	}

	/** See RunningScope.onSidekickEvent(). */
	subscribe(listener: (event: SidekickEvent) => void): Unsubscribe {
		// The same function may be subscribed twice: each subscription is its own.
		const own = (event: SidekickEvent): void => listener(event);
		this.#listeners.add(own);
		return () => this.#listeners.delete(own);
	}

	#joined(
		{ engine, holder }: FleetMember,
		{ name, sidekicks, stopTimeout, backgroundWorkers = [] }: ResolvedOptions,
		tell: (event: SidekickEvent) => void,
	): ScopeFleet {
		const shared = sidekicks?.shared ?? [];
		const names = new AllowedNames(shared);
		return new ScopeFleet({
			scope: name,
			engine,
			holder,
			clock: CLOCK,
			stopTimeout: sidekicks?.stopTimeout ?? stopTimeout,
			isShared: (each) => shared.length > 0 && names.has(each),
			tasks: this.#fleetTasks,
			sharesTasks: (each) => backgroundWorkers.some((worker) => worker.shared && worker.name === each),
			random: Math.random,
			apply: (handle, variables) => this.#apply(handle, variables),
			tell,
			describe: (handle, status, more) => this.#board.setStatus(handle, `${describeStatus(status)} ${more}`),
		});
	}

	/** What the fleet has accepted. */
	#apply(handle: number, variables: Uint8Array): void {
		if (variables.length <= this.#board.maxSnapshotSize) this.#board.publish(handle, variables, MAIN_THREAD);
	}

	#tell(event: SidekickEvent): void {
		for (const listener of [...this.#listeners]) {
			try {
				listener(event);
			} catch (error) {
				this.#log.error(`A listener for sidekick events failed: ${String(error)}`, { event: event.type });
			}
		}
	}
}

/** Undefined = no background worker shares its tasks. */
function fleetTasksOf(
	{ engine, holder }: FleetMember,
	{ name, backgroundWorkers = [] }: ResolvedOptions,
	{ board, buffers }: ScopeBoard,
): FleetTasks | undefined {
	if (!backgroundWorkers.some(({ shared }) => shared)) return undefined;
	const seat = board.tasks.seats.claim(true);
	if (seat === NO_SEAT)
		throw new Error('Too many threads of this php_server send tasks, so none can come from elsewhere.');
	return new FleetTasks({
		scope: name,
		engine,
		clock: CLOCK,
		holder: holder.id,
		loans: new TaskLoans(new TaskTable(buffers.tasks, seat), seat),
		newId: () => crypto.randomUUID(),
	});
}

function measuresOf({ name, runningThreads, readyThreads, ...info }: SidekickInfo): WorkerMeasures {
	const crashes = info.crashes + info.bootFailures;
	return {
		name,
		total: runningThreads,
		busy: info.tasks?.busy ?? 0,
		ready: readyThreads,
		crashes,
		restarts: info.starts - runningThreads - crashes,
		requestCount: 0,
		requestTime: 0,
		queueDepth: info.tasks?.depth ?? 0,
		tasks: info.tasks,
	};
}
