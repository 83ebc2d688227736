/** A thread, as it tells whether it still waits for the sidekicks of a question. */
type Reader = { readonly cell: { readonly waitsFor: number } };

/** Which threads currently wait for which sidekicks, in `get_vars()`. Main thread only. */
export class WaitingReaders {
	readonly #waits = new Map<Reader, { names: readonly string[]; question: number }>();

	/** `thread` begins to wait: a thread waits in one call at a time. No message says when it ends. */
	begin(thread: Reader, names: readonly string[], question: number): void {
		this.#waits.set(thread, { names, question });
	}

	/** It is gone. */
	forget(thread: Reader): void {
		this.#waits.delete(thread);
	}

	/** How many wait for this name, perhaps among others. */
	count(name: string): number {
		let count = 0;
		for (const [{ cell }, { names, question }] of this.#waits) {
			if (cell.waitsFor === question && names.includes(name)) count++;
		}
		return count;
	}
}
