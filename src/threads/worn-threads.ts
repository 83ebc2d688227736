import type { Logger } from '../log/logger.ts';
import { inBackground } from '../time/clock.ts';
import type { ServingPlace } from './serving-place.ts';
import type { ServingRole, ServingRun, Worn } from './serving-run.ts';

const MEGABYTE = 1_000_000;
/** When a failed replacement is retried, milliseconds. */
const REPLACE_AGAIN = 1000;
const REPLACE_SOON = 50;

/** What the replacement of worn threads needs of their pool. */
export interface WornOwner {
	/** For people: "classic" or the worker's name. */
	readonly label: string;
	readonly closing: AbortSignal;
	readonly log: Logger;
	readonly role: ServingRole;
	/** The place that this run fills; undefined = it has just started, or has left. */
	placeOf(run: ServingRun): ServingPlace | undefined;
	/** Replacements go one after another. */
	inTurn(work: () => Promise<void> | undefined): Promise<void>;
}

/** Replaces threads that have reached `max_requests` or `max_thread_memory`. Main thread only. */
export class WornThreads {
	readonly #pool: WornOwner;

	constructor(pool: WornOwner) {
		this.#pool = pool;
	}

	/** A thread has told that it should be replaced. */
	worn(run: ServingRun, { reason, served }: Worn): void {
		const { label, log, role } = this.#pool;
		const memory = `${Math.round(run.thread.cell.memory / MEGABYTE)} MB`;
		const context = { thread: run.thread.id };
		if (reason === 'requests') {
			log.debug(`${label}: max_requests is reached; the thread is replaced`, context);
		} else if (served > 0) {
			const most = `${Math.round(role.maxMemory / MEGABYTE)} MB`;
			log.info(`${label}: a thread has grown to ${memory}, max_thread_memory is ${most}: it is replaced`, context);
		} else {
			log.warn(
				`${label}: a thread has ${memory} before its first request, more than max_thread_memory: it stays. Raise max_thread_memory.`,
				context,
			);
			return;
		}
		this.#replace(run);
	}

	/** It keeps serving until its replacement serves, but begins no more requests than max_requests. */
	#replace(run: ServingRun): void {
		const { label, log, closing, role } = this.#pool;
		if (closing.aborted || run.retired || run.isOver) return;
		const place = this.#pool.placeOf(run);
		// It has just started, and its place does not know it yet.
		if (place === undefined) {
			inBackground(setTimeout(() => this.#replace(run), REPLACE_SOON));
			return;
		}
		const replacing = this.#pool.inTurn(() => (place.current === run ? place.replace() : undefined));
		replacing.catch((error: Error) => {
			if (closing.aborted) return;
			log.error(`${label}: a thread could not be replaced and goes on: ${error.message}`);
			const { cell } = run.thread;
			if (role.maxRequests > 0) cell.allow(cell.requests + role.maxRequests);
			inBackground(setTimeout(() => this.#replace(run), REPLACE_AGAIN));
		});
	}
}
