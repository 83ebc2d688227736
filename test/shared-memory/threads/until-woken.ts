type Wait = (words: Int32Array, index: number, value: number) => ReturnType<typeof Atomics.wait>;

/** From now on no sleep of this thread ends by itself: whoever is not woken sleeps for ever. */
export function sleepUntilWoken(): void {
	const wait = Atomics.wait.bind(Atomics) as Wait;
	Atomics.wait = ((words: Int32Array, index: number, value: number) =>
		wait(words, index, value)) as typeof Atomics.wait;
}
