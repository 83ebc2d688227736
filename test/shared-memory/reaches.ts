/** Waits until a word that other threads count up has reached a value; false when it stands still for too long. */
export async function reaches(words: Int32Array, index: number, value: number, milliseconds: number): Promise<boolean> {
	for (;;) {
		const now = Atomics.load(words, index);
		if (now >= value) return true;
		// A page must not block.
		const waiting = Atomics.waitAsync(words, index, now, milliseconds);
		if ((await waiting.value) === 'timed-out') return Atomics.load(words, index) >= value;
	}
}
