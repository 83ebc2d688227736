/** A background worker that the configuration starts does not become ready. */
export class BackgroundWorkerError extends Error {
	readonly code = 'background_worker_failed';
	override readonly name = 'BackgroundWorkerError';
}

/** What the start of a server waits for: each background worker of the configuration. Main thread only. */
export class StartGate {
	readonly #waiting = new Set<string>();
	readonly #opened = Promise.withResolvers<void>();

	/** Resolves once all of them have passed; rejects with the first failure. */
	open(names: Iterable<string>): Promise<void> {
		for (const name of names) this.#waiting.add(name);
		if (this.#waiting.size === 0) this.#opened.resolve();
		return this.#opened.promise;
	}

	/** Each of its threads has been ready. */
	passed(name: string): void {
		if (this.#waiting.delete(name) && this.#waiting.size === 0) this.#opened.resolve();
	}

	/** It cannot boot. Counts only before it has passed. */
	fail(name: string, reason: string): void {
		if (this.#waiting.has(name)) this.#opened.reject(new BackgroundWorkerError(reason));
	}
}
