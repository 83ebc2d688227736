/** Of WASI: the time of day. */
const REALTIME = 0;
/** How far two readings may seem to run backwards, milliseconds: more than that, and somebody has set the clock. */
const JITTER = 2;

type Clock = { now(): number };

/**
 * The time of day in fractions of a millisecond: the host's clock ticks in whole ones, what lies between is measured. A
 * reading is never outside the host's present millisecond, so that threads agree, and does not go back unless the
 * host's clock does.
 *
 * @returns a function that gives milliseconds since 1970
 */
export function createWallClock(day: Clock = Date, precise: Clock = performance): () => number {
	let offset = day.now() - precise.now();
	let last = 0;
	return () => {
		const tick = day.now();
		const measured = precise.now();
		let time = measured + offset;
		if (time < tick || time >= tick + 1) {
			time = time < tick ? tick : tick + 0.999;
			offset = time - measured;
		}
		if (time < last && last - time < JITTER) return last;
		last = time;
		return time;
	};
}

type ClockImports = {
	/** gettimeofday(), time() */
	emscripten_date_now(): number;
	/** clock_gettime() */
	clock_time_get(clock: number, precision: bigint, pointer: number): number;
};

/** What C code reads the time of day by; its other clocks are those of the glue. */
export function clockImports(glue: ClockImports, view: () => DataView): ClockImports {
	const now = createWallClock();
	return {
		emscripten_date_now: now,
		clock_time_get: (clock, precision, pointer) => {
			if (clock !== REALTIME) return glue.clock_time_get(clock, precision, pointer);
			// In whole microseconds: a double has no more.
			view().setBigUint64(pointer, BigInt(Math.trunc(now() * 1000)) * 1000n, true);
			return 0;
		},
	};
}
