import type { ResolvedOptions } from '../config/options.ts';
import type { Logger } from '../log/logger.ts';
import type { ThreadEvent } from '../php-thread/thread-messages.ts';
import type { SidekickBoard } from '../shared-memory/sidekick-board.ts';
import { logSidekickEvents } from '../sidekicks/event-log.ts';
import type { Clock } from '../sidekicks/ports.ts';
import { SidekickRegistry } from '../sidekicks/registry.ts';
import type { SidekickEvent } from '../sidekicks/sidekick-event.ts';
import type { SidekickInfo } from '../sidekicks/status.ts';
import { WaitingReaders } from '../sidekicks/waiting-readers.ts';
import type { PhpThreadHandle } from '../threads/php-thread-handle.ts';
import { BoardCells } from '../threads/sidekick-cells.ts';
import { PhpSidekickThreads } from '../threads/sidekick-threads.ts';
import type { ThreadSource } from '../threads/thread-source.ts';
import { present } from '../time/clock.ts';
import type { ScopeMeasures, Unsubscribe, WorkerMeasures } from './scope.ts';

const CLOCK: Clock = {
	now: present,
	after: (milliseconds, fn) => {
		const timer = setTimeout(fn, milliseconds);
		return () => clearTimeout(timer);
	},
};

/** What the sidekicks of a scope need from it. */
export type SidekicksSetting = {
	board: SidekickBoard;
	/** Where threads with these variables come from. */
	sourceOf(env: Readonly<Record<string, string>>): ThreadSource;
	log: Logger;
	/** A sentence when the entrypoint cannot be read. */
	entrypointProblem(path: string): string | undefined;
};

/** The sidekicks and background workers of a scope: the registry, connected to PHP threads and to listeners. */
export class ScopeSidekicks {
	readonly registry: SidekickRegistry;
	readonly #board: SidekickBoard;
	readonly #threads: PhpSidekickThreads;
	readonly #eager: readonly string[];
	readonly #log: Logger;
	readonly #readers = new WaitingReaders();
	readonly #listeners = new Set<(event: SidekickEvent) => void>();

	constructor(options: ResolvedOptions, { board, sourceOf, log, entrypointProblem }: SidekicksSetting) {
		const { sidekicks, backgroundWorkers: workers = [], backgroundCatchAll: catchAll } = options;
		const entrypoint = sidekicks?.entrypoint;
		const writeLog = logSidekickEvents(log);
		this.#log = log;
		this.#eager = sidekicks?.eager ?? [];
		this.#board = board;
		this.#threads = new PhpSidekickThreads(sourceOf, log, () => board.wakeWaiters());
		this.registry = new SidekickRegistry(
			{
				entrypoint: entrypoint === undefined ? undefined : { path: entrypoint },
				workers,
				catchAll,
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
				cells: new BoardCells(board),
				threads: this.#threads,
				log: (event) => {
					writeLog(event);
					this.#tell(event);
				},
				entrypointProblem: () => (entrypoint === undefined ? undefined : entrypointProblem(entrypoint)),
				readersWaiting: (name) => this.#readers.count(name),
			},
		);
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
		const result = this.registry.ensure(names, waiter?.name, asking, waiter?.seat);
		if (result.ok) this.#readers.begin(thread, names);
		if (result.ok) found?.(names, result.handles);
		thread.cell.reply(question, result.ok ? result : { ok: false, message: result.error.message });
	}

	/** A thread that got its reply has stopped waiting. */
	waitEnded(thread: PhpThreadHandle, { names, waiter }: Extract<ThreadEvent, { type: 'waitEnded' }>): void {
		this.#readers.end(thread);
		this.registry.waitEnded(waiter?.name, names, waiter?.seat);
	}

	/** A thread is gone, so it no longer waits. */
	threadLost(thread: PhpThreadHandle): void {
		this.#readers.end(thread);
		this.#board.releaseThread(thread.processId);
	}

	/** See RunningScope.onSidekickEvent(). */
	subscribe(listener: (event: SidekickEvent) => void): Unsubscribe {
		// The same function may be subscribed twice: each subscription is its own.
		const own = (event: SidekickEvent): void => listener(event);
		this.#listeners.add(own);
		return () => this.#listeners.delete(own);
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
