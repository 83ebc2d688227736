/** Which threads wait for which sidekicks now, in `get_vars()`. Main thread only. */
export class WaitingReaders {
	readonly #waits = new Map<object, readonly string[]>();

	/** `thread` begins to wait: a thread waits in one call at a time. */
	begin(thread: object, names: readonly string[]): void {
		this.#waits.set(thread, names);
	}

	/** It waits no longer, whatever came of it; or it is gone. */
	end(thread: object): void {
		this.#waits.delete(thread);
	}

	/** How many wait for this name, perhaps among others. */
	count(name: string): number {
		let count = 0;
		for (const names of this.#waits.values()) if (names.includes(name)) count++;
		return count;
	}
}
