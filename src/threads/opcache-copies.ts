import type { OpcacheCopy } from '../php-thread/thread-messages.ts';
import { type Environment, environmentKey } from './thread-environment.ts';

/**
 * What threads of one environment have compiled, for those that start later. Main thread only.
 */
export class OpcacheCopies {
	/** For the threads: bytes of the newest copy, word 0. */
	readonly known = new SharedArrayBuffer(4);
	#newest: OpcacheCopy | undefined;
	#generation = 0;

	/** What a thread that begins its first role now belongs to. */
	get generation(): number {
		return this.#generation;
	}

	get newest(): OpcacheCopy | undefined {
		return this.#newest;
	}

	/** @param generation of the thread that has made it; what it compiled before a restart is not wanted */
	offer(copy: OpcacheCopy, generation: number): void {
		if (generation === this.#generation) this.#newest = copy;
		else Atomics.store(new Int32Array(this.known), 0, this.#newest?.used ?? 0);
	}

	/** Threads that start from now on compile everything themselves: it may have changed. */
	drop(): void {
		this.#generation++;
		this.#newest = undefined;
		Atomics.store(new Int32Array(this.known), 0, 0);
	}
}

/** Those of a scope: a thread keeps the environment that it was booted with, and each shifts the addresses in PHP's memory. */
export class OpcacheOfScope {
	readonly #copies = new Map<string, OpcacheCopies>();

	of(env: Environment): OpcacheCopies {
		const key = environmentKey(env);
		const copies = this.#copies.get(key) ?? new OpcacheCopies();
		this.#copies.set(key, copies);
		return copies;
	}

	drop(): void {
		for (const copies of this.#copies.values()) copies.drop();
	}
}
