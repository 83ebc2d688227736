/**
 * How many extra threads may start under load: in a server, shared by all of its scopes, or the part of that which one
 * scope may have. Whoever takes one gives it back when the thread has ended. Main thread only.
 */
export class ThreadBudget {
	readonly #threads: number;
	readonly #whole: ThreadBudget | undefined;
	#taken = 0;

	/**
	 * @param threads how many, ≥ 0
	 * @param whole the budget that this one is a part of: when it is used up, so is this one
	 */
	constructor(threads: number, whole?: ThreadBudget) {
		this.#threads = threads;
		this.#whole = whole;
	}

	/** How many could be taken now. */
	get left(): number {
		const own = Math.max(0, this.#threads - this.#taken);
		return this.#whole === undefined ? own : Math.min(own, this.#whole.left);
	}

	/** Takes one; false = all of them are taken. */
	take(): boolean {
		if (this.left === 0) return false;
		this.#taken++;
		this.#whole?.take();
		return true;
	}

	/** @throws Error when none was taken: a defect of the caller */
	giveBack(): void {
		if (this.#taken === 0) throw new Error('A thread was given back to the budget that was never taken.');
		this.#taken--;
		this.#whole?.giveBack();
	}
}
