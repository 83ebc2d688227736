/**
 * Waits for a promise, but no longer than this many milliseconds. The work behind it goes on.
 *
 * @returns whether it settled in time. Rejects if the promise does so in time
 */
export async function within(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
	const over = Promise.withResolvers<boolean>();
	const timer = setTimeout(() => over.resolve(false), milliseconds);
	try {
		return await Promise.race([promise.then(() => true), over.promise]);
	} finally {
		clearTimeout(timer);
	}
}
