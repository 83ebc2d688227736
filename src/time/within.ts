/**
 * Waits for a promise, but not for longer than so many milliseconds. What was waited for goes on.
 *
 * @returns whether it was there in time. Rejects as the promise does, if that is in time
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
