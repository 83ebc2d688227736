/** Looks at the clock that are at most this far apart may be of one loop, milliseconds: a turn takes a ten-thousandth. */
const ONE_LOOP = 0.005;
/** So many of them in a row are. Short requests look twice each, for setitimer(), and never so often or so fast. */
const LOOKS = 32;
/** A loop sleeps this part of the time that it has taken so far, and so ends late by this part at most. */
const SHARE = 1 / 8;
const SHORTEST_NAP = 0.05;
const LONGEST_NAP = 5;

/**
 * C code that sleeps (SQLite, while it waits for a lock) looks at the clock until its time has come, for Emscripten has
 * nothing else. This makes such a loop sleep between two looks, so that waiting burns no processor. PHP thread.
 *
 * @param clock milliseconds, what the code looks at
 * @param sleep of milliseconds
 * @returns what the code is to look at instead
 */
export function napBetweenLooks(clock: () => number, sleep: (milliseconds: number) => void): () => number {
	let began = Number.NEGATIVE_INFINITY;
	let last = Number.NEGATIVE_INFINITY;
	let looks = 0;
	return () => {
		const now = clock();
		if (now - last > ONE_LOOP) {
			began = last = now;
			looks = 0;
			return now;
		}
		if (++looks < LOOKS) {
			last = now;
			return now;
		}
		sleep(Math.min(Math.max((now - began) * SHARE, SHORTEST_NAP), LONGEST_NAP));
		last = clock();
		return last;
	};
}
