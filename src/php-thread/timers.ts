/** As in <sys/time.h>: PHP's time limit is armed on this one, curl's alarm() on ITIMER_REAL. */
const ITIMER_PROF = 2;
/** What the thread's cell can hold: 24 days. */
const LONGEST_LIMIT = 2 ** 31 - 1;

/**
 * setitimer() for a thread that no signal can interrupt: PHP's time limit is handed to the main thread's watchdog. Other
 * timers are the alarms by which libraries wake themselves from a system call; ours have deadlines of their own, so
 * those need not fire, and above all they must not touch PHP's limit.
 *
 * @param armLimit takes milliseconds; 0 = there is no limit
 */
export function createTimers(
	armLimit: (milliseconds: number) => void,
): (which: number, milliseconds: number) => number {
	return (which, milliseconds) => {
		if (which === ITIMER_PROF) {
			// A limit below zero is refused by an operating system, which means that there is none.
			armLimit(milliseconds > 0 ? Math.min(Math.ceil(milliseconds), LONGEST_LIMIT) : 0);
		}
		return 0;
	};
}
