/** Lets a process end although this timer runs. Browsers have no such thing, and need none. */
export function inBackground<Timer>(timer: Timer): Timer {
	(timer as { unref?: () => void }).unref?.();
	return timer;
}
