/** Milliseconds since 1970, with fractions; never runs backwards. Any thread: those of a process use the same clock. */
export function present(): number {
	return performance.timeOrigin + performance.now();
}
