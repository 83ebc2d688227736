/** Why the last program was not run, until somebody asks. PHP thread. */
export class Refusals {
	readonly #refused: (message: string) => void;
	#last = '';

	/** @param refused hears of each */
	constructor(refused: (message: string) => void) {
		this.#refused = refused;
	}

	note(message: string): void {
		this.#last = message;
		this.#refused(message);
	}

	/** The sentence, once; '' = there is none. */
	take(): string {
		const last = this.#last;
		this.#last = '';
		return last;
	}
}
