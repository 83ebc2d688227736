import type { Wear } from './thread-messages.ts';

/** Whether a thread has more memory than `max_thread_memory` lets it have; `most` 0 = any. Both in bytes. */
export function hasOutgrown(memory: number, most: number): boolean {
	return most > 0 && memory > most;
}

/**
 * `max_requests` and `max_thread_memory` of the role on this thread: tells once when the thread should be replaced. What
 * follows is the pool's business. PHP thread.
 */
export class ThreadLimits {
	readonly #worn: (reason: Wear, served: number) => void;
	#maxRequests = 0;
	#maxMemory = 0;

	/** `worn` is called with the requests that the role has served. */
	constructor(worn: (reason: Wear, served: number) => void) {
		this.#worn = worn;
	}

	/** For the role that begins; see Role. */
	set(maxRequests: number, maxMemory: number): void {
		this.#maxRequests = maxRequests;
		this.#maxMemory = maxMemory;
	}

	/** Requests have to be allowed by the pool, one by one. */
	get countsRequests(): boolean {
		return this.#maxRequests > 0;
	}

	/** A request begins, the `served`th of the role. */
	count(served: number): void {
		if (served === this.#maxRequests) this.#worn('requests', served);
	}

	/** No request runs: `memory` is what the thread has now, bytes. */
	weigh(memory: number, served: number): void {
		if (!hasOutgrown(memory, this.#maxMemory)) return;
		this.#maxMemory = 0;
		this.#worn('memory', served);
	}
}
