/** How many programs of one PHP thread may run at a time. */
const MOST = 1024;

/** The programs that run for one PHP thread, in shared memory: whoever ends the thread finds them. */
export class ChildTable {
	readonly #words: Int32Array<SharedArrayBuffer>;

	/** The buffer of one thread. */
	static createBuffer(): SharedArrayBuffer {
		return new SharedArrayBuffer(MOST * Int32Array.BYTES_PER_ELEMENT);
	}

	constructor(buffer: SharedArrayBuffer) {
		this.#words = new Int32Array(buffer);
	}

	/** An entry for the next program, before it starts; undefined = too many run. PHP thread. */
	reserve(): number | undefined {
		const entry = this.#words.indexOf(0);
		return entry === -1 ? undefined : entry;
	}

	/** @param target what kill(2) takes: a process, or a group with a minus. PHP thread */
	note(entry: number, target: number): void {
		Atomics.store(this.#words, entry, target);
	}

	/** It has ended, and its number may belong to another one. PHP thread. */
	clear(entry: number): void {
		Atomics.store(this.#words, entry, 0);
	}

	/** What still runs, as noted. Any thread. */
	running(): number[] {
		return [...this.#words].filter((target) => target !== 0);
	}
}
