import type { Logger } from '../log/logger.ts';
import { hasOutgrown } from '../php-thread/thread-limits.ts';
import { RequestRing } from '../shared-memory/request-ring.ts';
import { crashDelay } from '../time/back-off.ts';
import { EndLog } from './end-log.ts';
import { IdleThreads } from './idle-threads.ts';
import type { PhpThreadHandle } from './php-thread-handle.ts';
import { type PlaceOwner, ServingPlace } from './serving-place.ts';
import { describeEnd, type RunEnd, type ServingRole, ServingRun } from './serving-run.ts';
import type { ThreadBudget } from './thread-budget.ts';
import type { ThreadSource } from './thread-source.ts';
import { WornThreads } from './worn-threads.ts';

export type ServingPoolOptions = {
	/** For people: "classic" or the worker's name. */
	label: string;
	role: ServingRole;
	/** At the start. */
	threads: number;
	/** With those that come under load, at most; `undefined` = as many as the budget has. */
	most?: number;
	/** For extra threads, which come under load. */
	budget: ThreadBudget;
	/** Milliseconds without a request after which an extra thread is ended. */
	maxIdleTime: number;
	source: ThreadSource;
	log: Logger;
	maxConsecutiveFailures: number;
	/** The pool cannot go on: every attempt failed. */
	giveUp(error: Error): void;
};

/**
 * The threads that serve one ring, kept at their number: one that ends is started again. Under load, extra threads
 * join. Main thread only.
 */
export class ServingPool implements PlaceOwner {
	readonly label: string;
	readonly maxConsecutiveFailures: number;
	readonly closing: AbortSignal;
	/** Ends that nobody asked for, other than `exit(0)`. */
	crashes = 0;
	/** Ends that were asked for, or that the script chose. */
	restarts = 0;
	hasStarted = false;
	readonly #options: ServingPoolOptions;
	readonly #ring: RequestRing;
	readonly #close = new AbortController();
	readonly #places = new Set<ServingPlace>();
	/** All that run, including those that were replaced and still finish a request. */
	readonly #runs = new Set<ServingRun>();
	/** What has to finish before the pool is closed. */
	readonly #tasks = new Set<Promise<unknown>>();
	readonly #idle: IdleThreads;
	readonly #worn: WornThreads;
	readonly #ends: EndLog;
	/** Replacements go one after another. */
	#turn: Promise<unknown> = Promise.resolve();
	#isGrowing = false;
	#failedGrowths = 0;
	#growAgainAt = 0;

	constructor(options: ServingPoolOptions) {
		this.#options = options;
		this.label = options.label;
		this.maxConsecutiveFailures = options.maxConsecutiveFailures;
		this.closing = this.#close.signal;
		this.#ring = new RequestRing(options.role.ring);
		const { label, closing } = this;
		this.#ends = new EndLog(label, options.log);
		this.#worn = new WornThreads({
			label,
			closing,
			log: options.log,
			role: options.role,
			placeOf: (run) => [...this.#places].find(({ current }) => current === run),
			inTurn: (work) => this.#inTurn(work),
		});
		this.#idle = new IdleThreads(options.maxIdleTime, () => [...this.#places].filter(({ isExtra }) => isExtra));
	}

	/** Every run of the role, including those about to end. */
	get runs(): Iterable<ServingRun> {
		return this.#runs;
	}

	/** Starts this many permanent threads, by default all. Resolves when each serves; rejects when one cannot. */
	async start(threads = this.#options.threads): Promise<void> {
		await Promise.all(Array.from({ length: threads }, () => this.#addPlace(false).started));
		this.hasStarted = true;
	}

	/** Starts one more permanent thread; undefined = none is missing. Resolves as `start()` does. */
	startNext(): Promise<void> | undefined {
		const places = [...this.#places].filter(({ isExtra }) => !isExtra).length;
		if (this.closing.aborted || places >= this.#options.threads) return undefined;
		this.hasStarted = true;
		return this.#addPlace(false).started;
	}

	/** Starts an extra thread because requests wait, unless the limit is reached or one is already starting. */
	grow(): void {
		if (this.#places.size >= (this.#options.most ?? Number.POSITIVE_INFINITY)) return;
		if (this.#isGrowing || this.closing.aborted || performance.now() < this.#growAgainAt) return;
		if (!this.#options.budget.take()) return;
		this.#isGrowing = true;
		const { log, source } = this.#options;
		const level = this.#failedGrowths === 0 ? 'info' : 'debug';
		log[level](`${this.label}: one more thread, because requests wait`, { threads: this.#places.size + 1 });
		source.prepareLater();
		this.#addPlace(true)
			.started.then(
				() => {
					this.#failedGrowths = 0;
				},
				(error: Error) => {
					if (this.closing.aborted) return;
					this.#growAgainAt = performance.now() + crashDelay(++this.#failedGrowths);
					const level = this.#ends.isQuiet ? 'debug' : 'warn';
					log[level](`${this.label}: the additional thread did not start: ${error.message}`);
				},
			)
			.finally(() => {
				this.#isGrowing = false;
			});
	}

	/**
	 * Replaces every thread by a fresh one, one after another; see ServingPlace.replace(). Rejects at the first that cannot
	 * start; the threads not replaced by then stay.
	 */
	async restart(): Promise<void> {
		for (const place of [...this.#places]) {
			await this.#inTurn(() => (this.#places.has(place) && !this.closing.aborted ? place.replace() : undefined));
		}
	}

	/** Lets every thread end after its running request. Resolves once all have ended. */
	async close(): Promise<void> {
		this.#close.abort();
		this.#idle.close();
		for (const run of this.#runs) run.retire();
		this.#ring.wakeAll();
		while (this.#tasks.size > 0) await Promise.all(this.#tasks);
	}

	/** Terminates the threads that are still busy. */
	async terminate(): Promise<void> {
		await Promise.all([...this.#runs].map(({ thread }) => thread.terminate()));
	}

	take(fresh: boolean): Promise<PhpThreadHandle> {
		return this.#options.source.take(fresh);
	}

	boot(): Promise<PhpThreadHandle> {
		return this.#options.source.boot();
	}

	begin(thread: PhpThreadHandle): ServingRun {
		const run = new ServingRun(thread, this.#options.role, this.label, (worn, event) => this.#worn.worn(worn, event));
		// Starting the role has cleared the thread's flags; a close that came meanwhile must not be lost.
		if (this.closing.aborted) run.retire();
		this.#runs.add(run);
		void run.ready.then((ready) => ready && this.#ends.ready());
		void run.ended.then(({ outcome }) => {
			this.#runs.delete(run);
			// A wake-up that it got, or was to pass on, may have been lost with it.
			if (outcome.kind !== 'exit') this.#ring.wakeAll();
		});
		return run;
	}

	isOutgrown({ cell }: PhpThreadHandle): boolean {
		return hasOutgrown(cell.memory, this.#options.role.maxMemory);
	}

	dismiss(run: ServingRun): Promise<void> {
		run.retire();
		this.#ring.wakeAll();
		const leaving = run.ended.then((end) => {
			this.restarts++;
			this.#options.log.debug(`${this.label} ended as it was asked to: ${describeEnd(end)}`, { thread: run.thread.id });
			return run.thread.terminate();
		});
		this.#track(leaving);
		return leaving;
	}

	ended(run: ServingRun, end: RunEnd): void {
		if (this.closing.aborted) return;
		const isClean = run.isReady && end.outcome.kind === 'exit' && end.outcome.status === 0;
		if (isClean) this.restarts++;
		else this.crashes++;
		this.#ends.ended(run, end);
	}

	startFailed(error: Error): void {
		if (!this.closing.aborted)
			this.#options.log.error(`${this.label}: a thread could not be started: ${error.message}`);
	}

	giveUp(error: Error): void {
		this.#options.giveUp(error);
	}

	#addPlace(isExtra: boolean): ServingPlace {
		const place = new ServingPlace(this, isExtra);
		this.#places.add(place);
		this.#track(
			place.fill().finally(() => {
				this.#places.delete(place);
				if (isExtra) this.#options.budget.giveBack();
			}),
		);
		if (isExtra) this.#idle.watch();
		return place;
	}

	#inTurn(work: () => Promise<void> | undefined): Promise<void> {
		const done = this.#turn.then(work);
		this.#turn = done.catch(() => {});
		this.#track(this.#turn);
		return done;
	}

	#track(task: Promise<unknown>): void {
		this.#tasks.add(task);
		void task.finally(() => this.#tasks.delete(task));
	}
}
