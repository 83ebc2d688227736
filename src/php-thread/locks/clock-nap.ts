/** Reads of the clock at most this far apart may be of one loop, milliseconds: a turn takes a ten-thousandth of it. */
const ONE_LOOP = 0.005;
/** This many in a row are. Short requests read it twice each, for setitimer(), and never so often or so fast. */
const LOOKS = 32;
/** A loop sleeps for this part of its duration so far, and so ends late by this part at most. */
const SHARE = 1 / 8;
const SHORTEST_NAP = 0.05;
const LONGEST_NAP = 5;

/**
 * C code that sleeps (SQLite, while it waits for a lock) polls the clock, because Emscripten has nothing else. This makes
 * such a loop sleep between two reads, so that waiting burns no processor time. PHP thread.
 *
 * @param clock milliseconds, what the code reads
 * @param sleep of milliseconds
 * @returns what the code is to read instead
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
