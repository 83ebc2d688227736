/** A batch that is this much older than it should be comes from another clock, or to a tab that slept; milliseconds. */
const LATE = 2_000;

/** What time it is for the events: the page's clock, put right by what is heard. Milliseconds since 1970. */
export class Present {
	readonly #clock: () => number;
	#skew = 0;

	constructor(clock: () => number) {
		this.#clock = clock;
	}

	get now(): number {
		return this.#clock() + this.#skew;
	}

	/** An event of that moment has just come; NaN = all is forgotten. */
	heard(moment: number): void {
		if (Number.isNaN(moment)) {
			this.#skew = 0;
			return;
		}
		const lag = this.now - moment;
		if (lag < 0 || lag > LATE) this.#skew -= lag;
	}
}
