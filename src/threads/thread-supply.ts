import type { PhpThreadHandle } from './php-thread-handle.ts';
import { type Environment, environmentKey } from './thread-environment.ts';
import { ThreadSource } from './thread-source.ts';

/**
 * Where the threads of a scope come from, by environment: a thread keeps the one that it was booted with. Only one
 * environment has a reserve, because each reserve costs the memory of a thread. Main thread only.
 */
export class ThreadSupply {
	readonly #start: (env: Environment) => PhpThreadHandle;
	readonly #reserved: string;
	readonly #maxMemory: number;
	readonly #sources = new Map<string, ThreadSource>();

	/**
	 * @param reserved the environment of the threads that are needed most urgently
	 * @param maxMemory bytes; a thread with more is not taken back; 0 = any
	 */
	constructor(start: (env: Environment) => PhpThreadHandle, reserved: Environment, maxMemory = 0) {
		this.#start = start;
		this.#maxMemory = maxMemory;
		this.#reserved = environmentKey(reserved);
	}

	/** The source of threads with these variables beside those of the scope. */
	of(env: Environment): ThreadSource {
		const known = this.#sources.get(environmentKey(env));
		if (known !== undefined) return known;
		const source = new ThreadSource(() => this.#start(env), environmentKey(env) === this.#reserved, this.#maxMemory);
		this.#sources.set(environmentKey(env), source);
		return source;
	}

	/** Boots the reserve. */
	prepare(): void {
		for (const source of this.#sources.values()) source.prepare();
	}

	async close(): Promise<void> {
		await Promise.all([...this.#sources.values()].map((source) => source.close()));
	}
}
