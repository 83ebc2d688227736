import { LIMITS, type Sample } from './records.ts';
import { Ring } from './ring.ts';

/** How a number has changed: requests that wait for a thread, spare threads. */
export class Counter {
	readonly samples = new Ring<Sample>(LIMITS.samples);
	#value = 0;

	get value(): number {
		return this.#value;
	}

	/** Changes the number by `by` at `at`. Late news count from the latest moment known, so that nothing is counted twice. */
	change(at: number, by: number): void {
		this.#value = Math.max(0, this.#value + by);
		const last = this.samples.last;
		if (last !== undefined && last.start >= at) last.value = this.#value;
		else this.samples.add({ start: at, value: this.#value });
	}

	/** The largest value between two moments. */
	peak(from: number, to: number): number {
		let peak = 0;
		for (let i = Math.max(0, this.samples.lowerBound(from) - 1); i < this.samples.length; i++) {
			const sample = this.samples.at(i);
			if (sample === undefined || sample.start > to) break;
			if (sample.value > peak) peak = sample.value;
		}
		return peak;
	}
}
