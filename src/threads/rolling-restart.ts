/**
 * Restarts that never overlap: whoever asks during a restart gets the next one, which begins when the running one has
 * ended, and is shared by everybody who has asked by then.
 */
export class RollingRestart {
	readonly #work: () => Promise<void>;
	#running: Promise<void> | undefined;
	#next: Promise<void> | undefined;

	constructor(work: () => Promise<void>) {
		this.#work = work;
	}

	/** Resolves or rejects with a restart that began after this call. */
	run(): Promise<void> {
		if (this.#next !== undefined) return this.#next;
		if (this.#running === undefined) return this.#begin();
		this.#next = this.#running
			.catch(() => {})
			.then(() => {
				this.#next = undefined;
				return this.#begin();
			});
		return this.#next;
	}

	#begin(): Promise<void> {
		const running = this.#work().finally(() => {
			if (this.#running === running) this.#running = undefined;
		});
		this.#running = running;
		return running;
	}
}
