/** Calls a function at the next frame, once, however often it was asked for. */
export class FrameLoop {
	readonly #draw: () => void;
	#frame = 0;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(draw: () => void) {
		this.#draw = draw;
	}

	/** At the next frame. */
	soon(): void {
		if (this.#frame !== 0) return;
		clearTimeout(this.#timer);
		this.#frame = requestAnimationFrame(() => {
			this.#frame = 0;
			this.#draw();
		});
	}

	/** After this many milliseconds, unless requested sooner. */
	later(milliseconds: number): void {
		if (this.#frame !== 0) return;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.soon(), milliseconds);
	}

	close(): void {
		clearTimeout(this.#timer);
		cancelAnimationFrame(this.#frame);
		this.#frame = 0;
	}
}
