import type { ResolvedOptions } from '../config/options.ts';
import type { RequestGateway } from '../dispatch/request-gateway.ts';
import type { RequestQueue } from '../dispatch/request-queue.ts';
import type { Logger } from '../log/logger.ts';
import { createRingBuffer } from '../shared-memory/request-ring.ts';
import { SLOT_COUNT } from '../shared-memory/request-slots.ts';
import type { PhpThreadHandle } from '../threads/php-thread-handle.ts';
import { RollingRestart } from '../threads/rolling-restart.ts';
import { ServingPool } from '../threads/serving-pool.ts';
import type { ServingRole } from '../threads/serving-run.ts';
import { ThreadBudget } from '../threads/thread-budget.ts';
import type { ThreadSupply } from '../threads/thread-supply.ts';
import { within } from '../time/within.ts';
import type { ScopeMeasures, WorkerMeasures } from './scope.ts';

/** How long the start of one thread may hold back the next, milliseconds. */
const TURN_LIMIT = 2000;

/** The queues of a scope: requests wait here for the threads of a pool. */
export type PoolRings = { classic: SharedArrayBuffer; workers: SharedArrayBuffer[] };

export function createPoolRings({ workers }: ResolvedOptions): PoolRings {
	return { classic: createRingBuffer(SLOT_COUNT), workers: workers.map(() => createRingBuffer(SLOT_COUNT)) };
}

/** What the pools need from the scope. */
export type PoolsSetting = {
	rings: PoolRings;
	gateway: RequestGateway;
	supply: ThreadSupply;
	/** Of the server; undefined = the scope is alone. */
	budget: ThreadBudget | undefined;
	log: Logger;
	/** A pool cannot go on. */
	giveUp(error: Error): void;
};

type PoolAndQueue = { pool: ServingPool; queue: RequestQueue };

/** All threads of a scope that serve requests: one pool for classic requests, one for each worker. */
export class ScopePools {
	readonly #classic: PoolAndQueue;
	readonly #hasClassic: boolean;
	readonly #workers: readonly PoolAndQueue[];
	readonly #restart = new RollingRestart(() => this.#restartWorkers());
	#isClosing = false;

	constructor(options: ResolvedOptions, { rings, gateway, supply, budget: whole, log, giveUp }: PoolsSetting) {
		const { maxThreads, maxIdleTime, maxRequests, maxThreadMemory: maxMemory } = options;
		const atStart = options.workers.reduce((sum, { num }) => sum + num, options.threads);
		const budget = new ThreadBudget(Math.max(0, maxThreads - atStart), whole);
		const make = (
			label: string,
			role: ServingRole,
			env: Readonly<Record<string, string>>,
			threads: number,
			maxConsecutiveFailures: number,
			queue: RequestQueue,
			most?: number,
		): PoolAndQueue => {
			const pool = new ServingPool({
				label,
				role,
				threads,
				...(most !== undefined && { most }),
				budget,
				maxIdleTime,
				source: supply.of(env),
				log,
				maxConsecutiveFailures,
				giveUp,
			});
			if (maxThreads > atStart) queue.onStall = () => pool.grow();
			return { pool, queue };
		};
		const classic: ServingRole = { kind: 'classic', ring: rings.classic, maxRequests, maxMemory };
		this.#hasClassic = options.threads > 0;
		this.#classic = make('classic', classic, {}, options.threads, -1, gateway.classic);
		this.#workers = options.workers.map(({ name, file, num, env, maxConsecutiveFailures, maxThreads: most }, index) => {
			const ring = rings.workers[index] as SharedArrayBuffer;
			const role: ServingRole = { kind: 'worker', ring, maxRequests, maxMemory, script: file };
			const queue = gateway.workers[index] as RequestQueue;
			return make(name, role, env, num, maxConsecutiveFailures, queue, most);
		});
	}

	/** Every thread that has a serving role now. */
	get threads(): PhpThreadHandle[] {
		return this.#all.flatMap(({ pool }) => [...pool.runs].map(({ thread }) => thread));
	}

	/**
	 * Resolves when every worker, and one classic thread, can serve; rejects when one cannot.
	 *
	 * @param inTurn the first thread of each worker is enough, or without workers one classic thread
	 */
	async start(inTurn: boolean): Promise<void> {
		const workers = this.#workers.map(({ pool }) => pool.start(inTurn ? 1 : undefined));
		// The scope of global background workers answers no requests.
		const needsClassic = this.#hasClassic && (!inTurn || workers.length === 0);
		await Promise.all([...workers, needsClassic && this.#classic.pool.start(1)]);
	}

	/**
	 * Starts the missing threads while the first ones already serve: together, or one after another. One that cannot
	 * start is retried until it can.
	 */
	async complete(inTurn: boolean): Promise<void> {
		for (const { pool } of this.#all) {
			for (let next = pool.startNext(); next !== undefined; next = pool.startNext()) {
				next.catch(() => {});
				if (inTurn) await within(TURN_LIMIT, next).catch(() => {});
			}
		}
	}

	/** See RunningScope.restartWorkers(). */
	restartWorkers(): Promise<void> {
		return this.#restart.run();
	}

	/** Lets running requests finish. Resolves once every thread has ended. */
	async close(): Promise<void> {
		this.#isClosing = true;
		await Promise.all(this.#all.map(({ pool }) => pool.close()));
	}

	/** Terminates the threads that are still busy. */
	async terminate(): Promise<void> {
		await Promise.all(this.#all.map(({ pool }) => pool.terminate()));
	}

	measures(): ScopeMeasures {
		const runs = this.#all.flatMap(({ pool }) => [...pool.runs]);
		return {
			totalThreads: runs.length,
			busyThreads: runs.filter(({ isBusy }) => isBusy).length,
			queueDepth: this.#all.reduce((sum, { queue }) => sum + queue.depth, 0),
			workers: this.#workers.map(measuresOf),
		};
	}

	get #all(): PoolAndQueue[] {
		return [this.#classic, ...this.#workers];
	}

	async #restartWorkers(): Promise<void> {
		for (const { pool } of this.#workers) await pool.restart();
		// Their opcache may not check a file's time yet: only a fresh one is sure to have the newest code.
		await this.#classic.pool.restart();
		if (this.#isClosing) throw new Error('The server is shutting down: not all threads were restarted.');
	}
}

function measuresOf({ pool, queue }: PoolAndQueue): WorkerMeasures {
	const runs = [...pool.runs];
	return {
		name: pool.label,
		total: runs.length,
		busy: runs.filter(({ isBusy }) => isBusy).length,
		ready: runs.filter(({ isReady }) => isReady).length,
		crashes: pool.crashes,
		restarts: pool.restarts,
		requestCount: queue.served,
		requestTime: queue.time / 1000,
		queueDepth: queue.depth,
	};
}
