/** Enough: other threads would have to interfere that many times in a row. */
const ATTEMPTS = 10;

/** The result of the first attempt that no other thread spoils. @throws what the last one has thrown, or whatever is not `isRaced` */
export function tryAgain<T>(attempt: () => T, isRaced: (error: unknown) => boolean): T {
	for (let attempts = 1; ; attempts++) {
		try {
			return attempt();
		} catch (error) {
			if (attempts === ATTEMPTS || !isRaced(error)) throw error;
		}
	}
}
