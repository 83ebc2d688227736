/** Milliseconds between two reads of the clock. */
const TICK = 10;
/** Running requests at which the generator waits: an app that is slower than the load would drown. */
const MOST_OPEN = 200;

/** Sends requests at a steady rate. */
export class LoadGenerator {
	#timer: ReturnType<typeof setInterval> | undefined;
	#open = 0;

	/** @param perSecond 0 = none */
	run(perSecond: number, send: () => Promise<void>): void {
		this.stop();
		if (perSecond <= 0) return;
		let last = performance.now();
		let due = 1;
		this.#timer = setInterval(() => {
			const now = performance.now();
			due += ((now - last) * perSecond) / 1000;
			last = now;
			for (; due >= 1; due--) {
				// What an app cannot take now is not caught up on later.
				if (this.#open < MOST_OPEN) void this.#send(send);
			}
		}, TICK);
	}

	stop(): void {
		clearInterval(this.#timer);
		this.#timer = undefined;
	}

	async #send(send: () => Promise<void>): Promise<void> {
		this.#open++;
		try {
			await send();
		} catch {
			// The server's log says why.
		} finally {
			this.#open--;
		}
	}
}
