import type { PhpThreadHandle } from './php-thread-handle.ts';
import { SpareThread } from './spare-thread.ts';

type Environment = Readonly<Record<string, string>>;

/**
 * Where the threads of a scope come from, by environment: a thread keeps the one that it was booted with. Only one
 * environment has a reserve, because each costs the memory of a thread. Main thread only.
 */
export class SpareThreads {
	readonly #start: (env: Environment) => PhpThreadHandle;
	readonly #reserved: string;
	readonly #maxMemory: number;
	readonly #spares = new Map<string, SpareThread>();

	/**
	 * @param reserved the environment of those that somebody waits for most urgently
	 * @param maxMemory bytes; a thread with more is not taken back; 0 = any
	 */
	constructor(start: (env: Environment) => PhpThreadHandle, reserved: Environment, maxMemory = 0) {
		this.#start = start;
		this.#maxMemory = maxMemory;
		this.#reserved = key(reserved);
	}

	/** The source of threads with these variables beside those of the scope. */
	of(env: Environment): SpareThread {
		const known = this.#spares.get(key(env));
		if (known !== undefined) return known;
		const spare = new SpareThread(() => this.#start(env), key(env) === this.#reserved, this.#maxMemory);
		this.#spares.set(key(env), spare);
		return spare;
	}

	/** Boots the reserve. */
	prepare(): void {
		for (const spare of this.#spares.values()) spare.prepare();
	}

	async close(): Promise<void> {
		await Promise.all([...this.#spares.values()].map((spare) => spare.close()));
	}
}

function key(env: Environment): string {
	return JSON.stringify(Object.entries(env).sort());
}
