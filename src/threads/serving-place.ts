import { crashDelay } from '../time/back-off.ts';
import { within } from '../time/within.ts';
import { adviceFor } from './end-log.ts';
import type { PhpThreadHandle } from './php-thread-handle.ts';
import { describeEnd, type RunEnd, type ServingRun } from './serving-run.ts';

/** How long new code may take to become ready, milliseconds; the old code serves meanwhile. */
const BOOT_LIMIT = 120_000;
/** How long the next replacement waits for a request that still runs on the old thread, milliseconds. */
const LEAVING_WAIT = 1000;

/** A worker script that cannot be started, or kept running. The message has PHP's error, with file and line. */
export class WorkerError extends Error {
	readonly code = 'worker_failed';
	override readonly name = 'WorkerError';
}

/** What a place needs from its pool. */
export interface PlaceOwner {
	/** For people. */
	readonly label: string;
	/** Failed starts in a row before a place that has served is given up; -1 = never. */
	readonly maxConsecutiveFailures: number;
	/** Others already serve: a place that has not served yet is retried until it does. */
	readonly hasStarted: boolean;
	readonly closing: AbortSignal;
	/** A booted spare, the reserve if there is one; `fresh` = one that has never run a script. */
	take(fresh: boolean): Promise<PhpThreadHandle>;
	/** A booted spare that is not the reserve. */
	boot(): Promise<PhpThreadHandle>;
	begin(thread: PhpThreadHandle): ServingRun;
	/** It has so much memory that it has to be replaced. */
	isOutgrown(thread: PhpThreadHandle): boolean;
	/** Lets a run end after its request, and its thread with it. */
	dismiss(run: ServingRun): Promise<void>;
	/** A run has ended unasked; its thread is the place's to deal with. */
	ended(run: ServingRun, end: RunEnd): void;
	/** PHP could not be started. */
	startFailed(error: Error): void;
	/** A permanent place cannot be refilled. */
	giveUp(error: Error): void;
}

/** One place in a pool: a thread in the pool's role, and the next one after it. Main thread only. */
export class ServingPlace {
	/** Not permanent: it came under load, and is not refilled after a failure. */
	readonly isExtra: boolean;
	/** Resolves when it serves for the first time; rejects when it cannot. */
	readonly started: Promise<void>;
	readonly #owner: PlaceOwner;
	readonly #start = Promise.withResolvers<void>();
	#current: ServingRun | undefined;
	/** Already serves, and is about to become the current one. */
	#successor: ServingRun | undefined;
	/** Ends the current wait. */
	#interrupt: (() => void) | undefined;
	#isOver = false;
	#hasServed = false;
	#failures = 0;

	constructor(owner: PlaceOwner, isExtra: boolean) {
		this.#owner = owner;
		this.isExtra = isExtra;
		this.started = this.#start.promise;
		this.started.catch(() => {});
		owner.closing.addEventListener('abort', () => this.leave(), { once: true });
	}

	/** The run that serves now, or is about to. */
	get current(): ServingRun | undefined {
		return this.#current;
	}

	/** Gives the place up for good, after the running request. */
	leave(): void {
		this.#isOver = true;
		this.#interrupt?.();
	}

	/** Keeps the place filled until it is left. Never rejects. Once. */
	async fill(): Promise<void> {
		let thread: PhpThreadHandle | undefined;
		let run: ServingRun | undefined;
		while (!this.#isOver) {
			try {
				run ??= await this.#next(thread);
			} catch (error) {
				this.#owner.startFailed(error as Error);
				if (!(await this.#survives(error as Error))) break;
				thread = undefined;
				continue;
			}
			if (run === undefined) break;
			if (run.thread !== thread) await thread?.terminate();
			thread = run.thread;
			this.#current = run;
			this.#watchStart(run);
			const end = await this.#interrupted(run.ended);
			this.#current = undefined;
			if (end === undefined) {
				const dismissed = this.#owner.dismiss(run);
				// Left for good: the place counts until its thread has ended.
				if (this.#isOver) await dismissed;
				thread = undefined;
				run = this.#takeSuccessor();
				continue;
			}
			// The next start may find code that was fixed a moment ago, and an opcache that has the file does not check it yet.
			if (end.outcome.kind !== 'exit' || !run.isReady || this.#owner.isOutgrown(thread)) {
				await thread.terminate();
				thread = undefined;
			}
			this.#owner.ended(run, end);
			if (!(await this.#mayGoOn(run, end))) break;
			run = undefined;
		}
		await thread?.terminate();
		for (const left of [run, this.#takeSuccessor()]) if (left !== undefined) void this.#owner.dismiss(left);
		this.#isOver = true;
		this.#start.reject(new WorkerError(`${this.#owner.label} was stopped before it served.`));
	}

	/**
	 * Replaces the serving thread by a fresh one, without a gap. Resolves when the new one serves and the old one has
	 * ended, or is still busy after a while. Rejects, with nothing changed, when the new one cannot start.
	 */
	async replace(): Promise<void> {
		const thread = await this.#owner.take(true);
		if (this.#isOver) return thread.terminate();
		const run = this.#owner.begin(thread);
		let isLate = false;
		const timer = setTimeout(() => {
			isLate = true;
			void thread.terminate();
		}, BOOT_LIMIT);
		const ready = await run.ready;
		clearTimeout(timer);
		if (!ready) {
			const end = await run.ended;
			await thread.terminate();
			if (this.#isOver) return;
			throw isLate ? tookTooLong(this.#owner.label) : failedToStart(this.#owner.label, end);
		}
		if (this.#isOver) return this.#owner.dismiss(run);
		const former = this.#current;
		const overtaken = this.#takeSuccessor();
		if (overtaken !== undefined) void this.#owner.dismiss(overtaken);
		this.#successor = run;
		this.#interrupt?.();
		if (former !== undefined) await within(LEAVING_WAIT, former.ended);
	}

	/**
	 * The next run: a successor if there is one, else on `thread` or a new one. Undefined = the place has been left.
	 * Rejects when PHP cannot start.
	 */
	async #next(thread: PhpThreadHandle | undefined): Promise<ServingRun | undefined> {
		const isUsable = thread !== undefined && thread.state !== 'ended';
		// The reserve is for what somebody waits for. Once the first threads serve, that may be a sidekick.
		const isUrgent = this.isExtra || this.#hasServed;
		const taking = isUsable ? Promise.resolve(thread) : isUrgent ? this.#owner.take(false) : this.#owner.boot();
		const taken = await this.#interrupted(taking);
		if (taken !== undefined) return this.#owner.begin(taken);
		// The place is filled by another thread, or by none.
		if (!isUsable) taking.then((late) => late.terminate()).catch(() => {});
		return this.#isOver ? undefined : this.#takeSuccessor();
	}

	/** The value, or undefined when the place gets a successor or is left first. */
	#interrupted<T>(promise: Promise<T>): Promise<T | undefined> {
		if (this.#isOver || this.#successor !== undefined) {
			promise.catch(() => {});
			return Promise.resolve(undefined);
		}
		return new Promise((resolve, reject) => {
			this.#interrupt = () => resolve(undefined);
			promise.then(resolve, reject);
		});
	}

	#takeSuccessor(): ServingRun | undefined {
		const run = this.#successor;
		this.#successor = undefined;
		return run;
	}

	#watchStart(run: ServingRun): void {
		void run.ready.then((ready) => {
			if (!ready) return;
			this.#hasServed = true;
			this.#failures = 0;
			this.#start.resolve();
		});
	}

	/** What follows an end that nobody asked for: true = the next run, perhaps after a pause. */
	async #mayGoOn(run: ServingRun, end: RunEnd): Promise<boolean> {
		if (this.#isOver) return false;
		if (this.#successor !== undefined) return true;
		const failed = !run.isReady || end.outcome.kind !== 'exit' || end.outcome.status !== 0;
		if (run.isReady && !(this.isExtra && failed)) return true;
		return this.#survives(failedToStart(this.#owner.label, end), describeEnd(end));
	}

	/** What follows a start that failed: true = another attempt, after a pause. */
	async #survives(error: Error, reason = error.message): Promise<boolean> {
		if (this.isExtra || !(this.#hasServed || this.#owner.hasStarted)) {
			this.#fail(error);
			return false;
		}
		this.#failures++;
		const most = this.#hasServed ? this.#owner.maxConsecutiveFailures : -1;
		if (most >= 0 && this.#failures >= most) {
			this.#fail(
				new WorkerError(
					`The worker ${this.#owner.label} failed ${this.#failures} times in a row: ${reason}${adviceFor(reason)}`,
				),
			);
			return false;
		}
		await within(crashDelay(this.#failures), this.#interrupted(new Promise<undefined>(() => {})));
		return !this.#isOver;
	}

	#fail(error: Error): void {
		this.#isOver = true;
		this.#start.reject(error);
		if (!this.isExtra) this.#owner.giveUp(error);
	}
}

function failedToStart(label: string, end: RunEnd): WorkerError {
	const reason = describeEnd(end);
	return new WorkerError(
		`The worker ${label} ended before its first frankenphp_handle_request(): ${reason}${adviceFor(reason)}`,
	);
}

function tookTooLong(label: string): WorkerError {
	return new WorkerError(
		`The worker ${label} did not call frankenphp_handle_request() within ${BOOT_LIMIT / 1000} seconds of its start; its thread has been ended.`,
	);
}
