import { LIMITS, type Sample } from './records.ts';
import { Ring } from './ring.ts';

/** How a number has changed: requests that wait for a thread, spares. */
export class Counter {
	readonly samples = new Ring<Sample>(LIMITS.samples);
	#value = 0;
	#aboveZeroSince = Number.NaN;

	get value(): number {
		return this.#value;
	}

	/** Since when it has not been zero; NaN = it is. */
	get aboveZeroSince(): number {
		return this.#aboveZeroSince;
	}

	/** Changes the number by `by` at `at`. Late news counts from the latest known moment, so that nothing counts twice. */
	change(at: number, by: number): void {
		this.#value = Math.max(0, this.#value + by);
		if (this.#value === 0) this.#aboveZeroSince = Number.NaN;
		else if (Number.isNaN(this.#aboveZeroSince)) this.#aboveZeroSince = at;
		const last = this.samples.last;
		if (last !== undefined && last.start >= at) last.value = this.#value;
		else this.samples.add({ start: at, value: this.#value });
	}
}
