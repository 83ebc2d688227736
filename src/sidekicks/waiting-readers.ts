/** Which threads currently wait for which sidekicks, in `get_vars()`. Main thread only. */
export class WaitingReaders {
	readonly #waits = new Map<object, readonly string[]>();

	/** `thread` begins to wait: a thread waits in one call at a time. */
	begin(thread: object, names: readonly string[]): void {
		this.#waits.set(thread, names);
	}

	/** It no longer waits, whatever the result; or it is gone. */
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
