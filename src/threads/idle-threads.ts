import type { ServingPlace } from './serving-place.ts';

/** Shortest time between two looks, milliseconds. */
const SHORTEST = 100;

/** Ends extra threads that have been idle for a while. A timer runs only while there are extra threads. */
export class IdleThreads {
	readonly #maxIdleTime: number;
	readonly #places: () => Iterable<ServingPlace>;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#closed = false;

	/** @param places those that may be left; a place is forgotten once it is not among them */
	constructor(maxIdleTime: number, places: () => Iterable<ServingPlace>) {
		this.#maxIdleTime = maxIdleTime;
		this.#places = places;
	}

	/** There is a place now that may have to be left later. */
	watch(): void {
		if (this.#timer === undefined && !this.#closed) this.#lookAfter(this.#maxIdleTime);
	}

	close(): void {
		this.#closed = true;
		clearTimeout(this.#timer);
	}

	#lookAfter(milliseconds: number): void {
		this.#timer = setTimeout(
			() => {
				this.#timer = undefined;
				this.#look();
			},
			Math.max(SHORTEST, milliseconds),
		);
	}

	#look(): void {
		let next = Number.POSITIVE_INFINITY;
		for (const place of this.#places()) {
			const left = this.#maxIdleTime - idleTime(place);
			if (left <= 0) place.leave();
			else next = Math.min(next, left);
		}
		if (next < Number.POSITIVE_INFINITY) this.#lookAfter(next);
	}
}

/** Milliseconds; 0 = it is busy, or not there yet. */
function idleTime({ current }: ServingPlace): number {
	if (current === undefined || !current.isReady || current.isBusy) return 0;
	return Math.max(0, Date.now() - current.thread.cell.idleSince);
}
