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

/**
 * Waits for a promise until the signal aborts. The work behind it goes on.
 *
 * @throws the signal's reason once it aborts
 */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
	if (signal === undefined) return promise;
	const aborted = Promise.withResolvers<never>();
	const abort = () => aborted.reject(signal.reason);
	signal.addEventListener('abort', abort);
	if (signal.aborted) abort();
	try {
		return await Promise.race([promise, aborted.promise]);
	} finally {
		signal.removeEventListener('abort', abort);
	}
}
