/** Milliseconds since 1970, with fractions; never runs backwards. Any thread: those of a process use the same clock. */
export function present(): number {
	return performance.timeOrigin + performance.now();
}

/** As a global it is a getter in Node, at the price of the reading itself. */
const { performance: clock } = globalThis;

/** `performance.now()` for what runs with each request. Any thread. */
export function monotonic(): number {
	return clock.now();
}

/** Lets a process end although this timer runs. Does nothing in browsers, where it is not needed. */
export function inBackground<Timer>(timer: Timer): Timer {
	(timer as { unref?: () => void }).unref?.();
	return timer;
}
