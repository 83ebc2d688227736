import type { Logger } from '../log/logger.ts';
import { PHP_LEVEL } from '../log/php-log.ts';
import type { Role } from '../php-thread/messages.ts';
import { RequestRing } from '../shared-memory/request-ring.ts';
import { crashDelay } from '../sidekicks/back-off.ts';
import type { HandleOutcome, PhpThreadHandle } from './php-thread-handle.ts';
import type { SpareThread } from './spare-thread.ts';

export type ServingPoolOptions = {
	/** For people: "classic" or the worker's file. */
	label: string;
	role: Extract<Role, { ring: SharedArrayBuffer }>;
	threads: number;
	spare: SpareThread;
	log: Logger;
	maxConsecutiveFailures: number;
	/** The pool cannot go on: every attempt failed. */
	giveUp(error: Error): void;
};

/** A worker script that cannot be kept running. */
export class WorkerError extends Error {
	readonly code = 'worker_failed';
	override readonly name = 'WorkerError';
}

/** The threads that serve one ring, kept at their number: who ends is started again. Main thread only. */
export class ServingPool {
	readonly #options: ServingPoolOptions;
	readonly #ring: RequestRing;
	readonly #threads = new Set<PhpThreadHandle>();
	readonly #loops: Promise<void>[] = [];
	readonly #closing = new AbortController();

	constructor(options: ServingPoolOptions) {
		this.#options = options;
		this.#ring = new RequestRing(options.role.ring);
	}

	get threads(): Iterable<PhpThreadHandle> {
		return this.#threads;
	}

	/** Starts all threads. Resolves when each of them can serve; rejects when one cannot. */
	async start(): Promise<void> {
		const ready: Promise<void>[] = [];
		for (let i = 0; i < this.#options.threads; i++) {
			const first = Promise.withResolvers<void>();
			ready.push(first.promise);
			this.#loops.push(this.#keepServing(first));
		}
		await Promise.all(ready);
	}

	/** Lets every thread end after its running request. Resolves when all have ended their role. */
	async close(): Promise<void> {
		this.#closing.abort();
		for (const thread of this.#threads) thread.cell.retire();
		this.#ring.wakeAll();
		await Promise.all(this.#loops);
	}

	/** Ends the threads that are still busy, at once. */
	async terminate(): Promise<void> {
		await Promise.all([...this.#threads].map((thread) => thread.terminate()));
	}

	/** One place in the pool: a thread in the role, and the next one after it. */
	async #keepServing(first: PromiseWithResolvers<void>): Promise<void> {
		const { role, spare, log, label, maxConsecutiveFailures, giveUp } = this.#options;
		let thread: PhpThreadHandle | undefined;
		let started = false;
		let failures = 0;
		while (!this.#closing.signal.aborted) {
			try {
				thread ??= await spare.take();
			} catch (error) {
				first.reject(error);
				return giveUp(error as Error);
			}
			if (this.#closing.signal.aborted) break;
			const run = await this.#serve(thread, () => {
				started = true;
				failures = 0;
				first.resolve();
			});
			if (run.outcome.kind !== 'exit') {
				if (run.outcome.kind === 'trap') await thread.terminate();
				thread = undefined;
			}
			if (this.#closing.signal.aborted) break;
			const reason = describe(run.outcome, run.phpError);
			if (!started) {
				first.reject(
					new WorkerError(`The worker ${label} ended before its first frankenphp_handle_request(): ${reason}`),
				);
				break;
			}
			// A worker script that ends by itself is normal: after so many requests, or by exit().
			const level = run.outcome.kind === 'exit' && run.outcome.status === 0 ? 'debug' : 'warn';
			log[level](`${label} ended and is started again: ${reason}`, { thread: thread?.id });
			if (role.kind === 'classic' || run.ready) continue;
			failures++;
			if (maxConsecutiveFailures >= 0 && failures >= maxConsecutiveFailures) {
				giveUp(new WorkerError(`The worker ${label} failed ${failures} times in a row: ${reason}`));
				break;
			}
			await this.#pause(crashDelay(failures));
		}
		if (thread !== undefined) await thread.terminate();
	}

	async #serve(
		thread: PhpThreadHandle,
		onReady: () => void,
	): Promise<{ outcome: HandleOutcome; ready: boolean; phpError: string | undefined }> {
		const { role, label } = this.#options;
		let ready = role.kind === 'classic';
		let phpError: { message: string; request: number } | undefined;
		this.#threads.add(thread);
		thread.label = label;
		const running = thread.assume(role);
		// assume() has cleared the flags of the role before; a close that came meanwhile must not be lost.
		if (this.#closing.signal.aborted) thread.cell.retire();
		thread.onEvent = (event) => {
			if (event.type === 'log' && event.level >= PHP_LEVEL.error) phpError = event;
			if (event.type === 'workerReady' && !ready) {
				ready = true;
				onReady();
			}
		};
		if (ready) onReady();
		const outcome = await running;
		this.#threads.delete(thread);
		// An error of an earlier request has nothing to do with this end.
		const ofThisEnd =
			phpError !== undefined && (phpError.request === 0 || phpError.request === thread.cell.lastRequest);
		return { outcome, ready, phpError: ofThisEnd ? phpError?.message : undefined };
	}

	#pause(milliseconds: number): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		const timer = setTimeout(resolve, milliseconds);
		this.#closing.signal.addEventListener('abort', () => resolve(), { once: true });
		return promise.finally(() => clearTimeout(timer));
	}
}

function describe(outcome: HandleOutcome, phpError: string | undefined): string {
	if (outcome.kind === 'exit') return phpError ?? `exit status ${outcome.status}`;
	const what = outcome.kind === 'trap' ? `PHP crashed (${outcome.message})` : 'its thread was lost';
	return phpError === undefined ? what : `${what}; ${phpError}`;
}
