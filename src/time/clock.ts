/** Milliseconds since 1970, with fractions; never runs backwards. Any thread: those of a process use the same clock. */
export function present(): number {
	return performance.timeOrigin + performance.now();
}

/** Lets a process end although this timer runs. Does nothing in browsers, where it is not needed. */
export function inBackground<Timer>(timer: Timer): Timer {
	(timer as { unref?: () => void }).unref?.();
	return timer;
}
