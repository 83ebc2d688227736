/** Which sidekick waits for which. Knows only names: the search for a cycle asks whether an edge still blocks. */
export class WaitGraph {
	readonly #waits = new Map<string, Set<string>>();

	/** `waiter` begins to wait for `names`. */
	add(waiter: string, names: Iterable<string>): void {
		const targets = this.#waits.get(waiter) ?? new Set();
		for (const name of names) targets.add(name);
		if (targets.size > 0) this.#waits.set(waiter, targets);
	}

	/** `waiter` no longer waits for `names`, whatever the result. */
	remove(waiter: string, names: Iterable<string>): void {
		const targets = this.#waits.get(waiter);
		if (targets === undefined) return;
		for (const name of names) targets.delete(name);
		if (targets.size === 0) this.#waits.delete(waiter);
	}

	/** The run of `waiter` has ended, and its waits with it. */
	dropWaiter(waiter: string): void {
		this.#waits.delete(waiter);
	}

	/** `name` is gone: nobody waits for it, nor does it wait. */
	forget(name: string): void {
		this.dropWaiter(name);
		for (const waiter of [...this.#waits.keys()]) this.remove(waiter, [name]);
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
				const found = search(this.#waits.get(target) ?? [], [...path, target]);
				if (found !== undefined) return found;
			}
			return undefined;
		};
		return search(names, [waiter]);
	}
}
