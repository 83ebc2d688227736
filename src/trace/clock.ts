/** Milliseconds since 1970, with fractions. Any thread; all threads of a process use the same clock. */
export function traceTime(): number {
	return performance.timeOrigin + performance.now();
}
