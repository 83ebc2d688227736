/** Shortest time between two starts, milliseconds, when a run ended cleanly. */
const MIN_START_INTERVAL = 100;
/** A run that was ready for this long, milliseconds, clears the failures before it. */
export const STABLE_AFTER = 10_000;
/** A run of a background worker that ends sooner, milliseconds, delays the next. */
const SHORT_RUN = 1000;
const UNIT = 100;
const CAP = 1000;

/** Milliseconds from a crash to the next start, after `failures` in a row; 0 after none. */
export function crashDelay(failures: number): number {
	return Math.min(failures * failures * UNIT, CAP);
}

/** Milliseconds from a clean exit to the next start; `lasted` = milliseconds since the ended run was started. */
export function cleanExitDelay(lasted: number): number {
	return Math.max(0, MIN_START_INTERVAL - lasted);
}

/** Whether a run of a background worker, of so many milliseconds, counts for the back-off. */
export function isShort(ran: number): boolean {
	return ran < SHORT_RUN;
}
