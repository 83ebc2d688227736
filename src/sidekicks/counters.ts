/** What has happened under one name since the server started; outlives the sidekick. */
export type SidekickCounters = {
	readonly name: string;
	/** Runs. */
	starts: number;
	/** Runs that failed although the sidekick had published before. */
	crashes: number;
	/** Runs that failed before anything was ever published. */
	bootFailures: number;
	/** Calls of `set_vars()`, also those that changed nothing. */
	publications: number;
};

/** PHP chooses the names: beyond this many, the oldest are forgotten. */
const MOST_NAMES = 1000;

/** The counters of the names that were ever asked for, up to a limit. */
export class CounterBook {
	readonly #counters = new Map<string, SidekickCounters>();

	/** The counters of a name; a new one starts at 0. */
	of(name: string): SidekickCounters {
		const known = this.#counters.get(name);
		if (known !== undefined) return known;
		const counters = { name, starts: 0, crashes: 0, bootFailures: 0, publications: 0 };
		this.#counters.set(name, counters);
		return counters;
	}

	/** Makes room after a name is gone. @param present names that must stay */
	trim(present: ReadonlyMap<string, unknown>): void {
		for (const name of this.#counters.keys()) {
			if (this.#counters.size <= MOST_NAMES) return;
			if (!present.has(name)) this.#counters.delete(name);
		}
	}

	get all(): Iterable<SidekickCounters> {
		return this.#counters.values();
	}
}
