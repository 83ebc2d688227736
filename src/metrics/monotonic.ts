/**
 * Counters that never go down although their sources may restart at 0: a scope that a reload has replaced, a sidekick
 * that was forgotten. A series that is not counted in a round is dropped.
 */
export class MonotonicCounters {
	#series = new Map<string, Series>();
	#next = new Map<string, Series>();

	/** Begins a round: one scrape. */
	begin(): void {
		this.#series = this.#next;
		this.#next = new Map();
	}

	/** @param source whose count it is; `value` = the count there @returns what the series stands at */
	count(key: string, source: object, value: number): number {
		const former = this.#series.get(key);
		const goesOn = former === undefined || (former.source === source && value >= former.value);
		const base = former === undefined ? 0 : goesOn ? former.base : former.base + former.value;
		this.#next.set(key, { source, value, base });
		return base + value;
	}
}

type Series = { readonly source: object; readonly value: number; readonly base: number };
