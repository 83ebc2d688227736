/** The shortest and the longest stretch of time that can be shown, in milliseconds. */
export const SHORTEST = 0.2;
export const LONGEST = 300_000;

/**
 * The stretch of time that is shown: it follows the present, or stands still. Pure arithmetic; the moments are
 * milliseconds since 1970.
 */
export class TimeWindow {
	#span: number;
	#end = 0;
	#following = true;

	/** `span` in milliseconds. */
	constructor(span: number) {
		this.#span = clamp(span);
	}

	/** The length, in milliseconds. */
	get span(): number {
		return this.#span;
	}

	get start(): number {
		return this.#end - this.#span;
	}

	get end(): number {
		return this.#end;
	}

	get following(): boolean {
		return this.#following;
	}

	/**
	 * Moves the end to `now`, by whole pixels of which there are `pixels`: then what is drawn moves as one and does not
	 * flicker. Returns whether anything has moved. Does nothing while it stands still.
	 */
	follow(now: number, pixels: number): boolean {
		if (!this.#following) return false;
		const step = this.#span / Math.max(1, pixels);
		const end = Math.ceil(now / step) * step;
		if (end === this.#end) return false;
		this.#end = end;
		return true;
	}

	/** Goes on with the present. */
	goLive(): void {
		this.#following = true;
	}

	/** Stands still. */
	hold(): void {
		this.#following = false;
	}

	/**
	 * Shows `factor` times as much time; what is at `anchor` (0 = left, 1 = right) stays there. While it follows, that is
	 * the present.
	 */
	zoom(factor: number, anchor: number): void {
		const span = clamp(this.#span * factor);
		if (!this.#following) this.#end += (span - this.#span) * (1 - anchor);
		this.#span = span;
	}

	/** Moves by `milliseconds`, and stands still from then on. */
	pan(milliseconds: number): void {
		this.#following = false;
		this.#end += milliseconds;
	}

	/** Does not go further than `from` (its end) and `to` (its start): there is nothing to see. */
	limit(from: number, to: number): void {
		if (this.#following || !(from <= to)) return;
		const margin = this.#span * 0.5;
		this.#end = Math.min(Math.max(this.#end, from + margin), to + margin);
	}

	/** Shows a stretch, and stands still. */
	show(start: number, end: number): void {
		this.#following = false;
		this.#span = clamp(end - start);
		this.#end = (start + end) / 2 + this.#span / 2;
	}

	/** Moves as little as needed to have `moment` inside with some room around it. */
	reveal(moment: number): void {
		const room = this.#span * 0.15;
		if (moment < this.start + room) this.pan(moment - room - this.start);
		else if (moment > this.#end - (this.#following ? 0 : room)) this.pan(moment + room - this.#end);
	}
}

function clamp(span: number): number {
	return Math.min(LONGEST, Math.max(SHORTEST, span));
}
