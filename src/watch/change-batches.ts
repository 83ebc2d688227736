/** When a batch is handed over. */
export interface BatchTimes {
	/** Milliseconds without a change. */
	readonly quiet: number;
	/** Milliseconds after its first change, however many more come. */
	readonly longest: number;
}

/** Turns a burst of changes into one call; calls never overlap: what changes during one belongs to the next. */
export class ChangeBatches {
	readonly #times: BatchTimes;
	readonly #deliver: (paths: readonly string[]) => Promise<void>;
	#paths = new Set<string>();
	#since = 0;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#delivering = false;
	#closed = false;

	/** @param deliver must not reject */
	constructor(times: BatchTimes, deliver: (paths: readonly string[]) => Promise<void>) {
		this.#times = times;
		this.#deliver = deliver;
	}

	add(path: string): void {
		if (this.#closed) return;
		if (this.#paths.size === 0) this.#since = performance.now();
		this.#paths.add(path);
		this.#schedule();
	}

	/** No further call begins. */
	close(): void {
		this.#closed = true;
		clearTimeout(this.#timer);
	}

	#schedule(): void {
		clearTimeout(this.#timer);
		if (this.#delivering) return;
		const left = this.#times.longest - (performance.now() - this.#since);
		this.#timer = setTimeout(() => void this.#hand(), Math.max(0, Math.min(this.#times.quiet, left)));
	}

	async #hand(): Promise<void> {
		const paths = [...this.#paths];
		this.#paths = new Set();
		this.#delivering = true;
		await this.#deliver(paths);
		this.#delivering = false;
		if (this.#paths.size > 0 && !this.#closed) this.#schedule();
	}
}
