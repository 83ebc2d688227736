/**
 * Which sidekick waits for which. Several threads of one may wait, each for its own. Knows only names: the search for a
 * cycle asks whether an edge still blocks.
 */
export class WaitGraph {
	readonly #waits = new Map<string, Map<number, Set<string>>>();

	/** The thread `seat` of `waiter` begins to wait for `names`. */
	add(waiter: string, names: Iterable<string>, seat = 0): void {
		const seats = this.#waits.get(waiter) ?? new Map<number, Set<string>>();
		const targets = seats.get(seat) ?? new Set();
		for (const name of names) targets.add(name);
		if (targets.size === 0) return;
		seats.set(seat, targets);
		this.#waits.set(waiter, seats);
	}

	/** It no longer waits for `names`, whatever the result. */
	remove(waiter: string, names: Iterable<string>, seat = 0): void {
		const targets = this.#waits.get(waiter)?.get(seat);
		if (targets === undefined) return;
		for (const name of names) targets.delete(name);
		if (targets.size === 0) this.dropWaiter(waiter, seat);
	}

	/** The run of that thread has ended, and its waits with it. */
	dropWaiter(waiter: string, seat = 0): void {
		const seats = this.#waits.get(waiter);
		seats?.delete(seat);
		if (seats?.size === 0) this.#waits.delete(waiter);
	}

	/** `name` is gone: nobody waits for it, nor does it wait. */
	forget(name: string): void {
		this.#waits.delete(name);
		for (const [waiter, seats] of [...this.#waits]) {
			for (const seat of [...seats.keys()]) this.remove(waiter, [name], seat);
		}
	}

	/**
	 * The cycle that would close if `waiter` began to wait for `names`: `[waiter, …, waiter]`, or undefined.
	 * @param blocks whether waiting for this name still blocks: it has not published yet
	 */
	cycle(waiter: string, names: Iterable<string>, blocks: (name: string) => boolean): string[] | undefined {
		const visited = new Set<string>();
		const search = (targets: Iterable<string>, path: string[]): string[] | undefined => {
			for (const target of targets) {
				if (!blocks(target)) continue;
				if (target === waiter) return [...path, target];
				if (visited.has(target)) continue;
				visited.add(target);
				const found = search(this.#targetsOf(target), [...path, target]);
				if (found !== undefined) return found;
			}
			return undefined;
		};
		return search(names, [waiter]);
	}

	*#targetsOf(waiter: string): Iterable<string> {
		for (const targets of this.#waits.get(waiter)?.values() ?? []) yield* targets;
	}
}
