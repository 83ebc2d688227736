type Imports = Record<string, (...args: number[]) => unknown>;

/** Damages what a thread reads of snapshots, in another way each time, the same ways in each run. */
export class DamagedSnapshots {
	readonly #memory: () => WebAssembly.Memory;
	#damages = false;
	#version = 1;
	#seed = 1;

	/** Wraps the host's functions in `env`. */
	constructor(env: Imports, memory: () => WebAssembly.Memory) {
		this.#memory = memory;
		const { igor_host_sidekick_version: version, igor_host_sidekick_read: read } = env;
		env.igor_host_sidekick_version = (...args) => {
			const current = version?.(...args);
			return this.#damages && current !== 0 ? ++this.#version : current;
		};
		env.igor_host_sidekick_read = (...args) => {
			const [, destination = 0, lengthAt = 0] = args;
			const result = read?.(...args);
			if (this.#damages && result === 0) this.#damage(destination, lengthAt);
			return result;
		};
	}

	begin(): void {
		this.#damages = true;
	}

	#damage(destination: number, lengthAt: number): void {
		const view = new DataView(this.#memory().buffer);
		const length = view.getUint32(lengthAt, true);
		for (let changes = 1 + this.#random(3); changes > 0; changes--) {
			// Small numbers are tags, and counts that may be right.
			view.setUint8(destination + this.#random(length), this.#random(this.#random(2) === 0 ? 10 : 256));
		}
		if (this.#random(4) === 0) view.setUint32(lengthAt, this.#random(length), true);
	}

	/** From 0 to `below` - 1; Park and Miller's generator. */
	#random(below: number): number {
		this.#seed = (this.#seed * 48_271) % 0x7fffffff;
		return this.#seed % below;
	}
}
