/**
 * Polls until `condition` holds (neither `undefined` nor `false`) and returns its value: for what happens on another
 * thread, where there is no event to wait for.
 *
 * @param what completes the sentence "Waited … for …" of the error
 */
export async function eventually<T>(
	what: string,
	condition: () => T | undefined | false | Promise<T | undefined | false>,
	seconds = 30,
): Promise<T> {
	const deadline = performance.now() + seconds * 1000;
	for (;;) {
		const value = await condition();
		if (value !== undefined && value !== false) return value;
		if (performance.now() > deadline) throw new Error(`Waited ${seconds} seconds in vain for ${what}.`);
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}
