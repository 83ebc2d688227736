/** How many paths a thread tells of: each is a message, and PHP may ask for any number. */
const MOST = 1000;

/** The paths that scripts looked for in vain, each told once. Whether the host has them is not known here. */
export class MissedPaths {
	readonly #tell: (path: string) => void;
	readonly #told = new Set<string>();

	constructor(tell: (path: string) => void) {
		this.#tell = tell;
	}

	note(path: string): void {
		if (this.#told.size >= MOST || this.#told.has(path)) return;
		this.#tell(path);
		// PHP goes on to look at the folders around it, whether the script wants them or not.
		for (let around = path; around !== ''; around = around.slice(0, around.lastIndexOf('/'))) this.#told.add(around);
	}
}
