import { inBackground } from '../time/clock.ts';
import type { PhpThreadHandle } from './php-thread-handle.ts';

/** How long after a thread was taken the next reserve is booted, milliseconds: whoever took it starts first. */
const PREPARE_DELAY = 250;

/**
 * Gives out booted threads and keeps one in reserve, so that whoever needs one (a sidekick's first start, a
 * replacement) waits milliseconds and not for a boot. Main thread only.
 */
export class SpareThread {
	readonly #start: () => PhpThreadHandle;
	readonly #keepsReserve: boolean;
	readonly #maxMemory: number;
	#spare: PhpThreadHandle | undefined;
	#closed = false;

	/**
	 * Without a reserve, threads are booted when they are asked for.
	 * @param maxMemory bytes; a thread with more is not taken back; 0 = any
	 */
	constructor(start: () => PhpThreadHandle, keepsReserve = true, maxMemory = 0) {
		this.#start = start;
		this.#maxMemory = maxMemory;
		this.#keepsReserve = keepsReserve;
	}

	/** Boots the reserve if there is none. */
	prepare(): void {
		if (this.#closed || !this.#keepsReserve || (this.#spare !== undefined && this.#spare.state !== 'ended')) return;
		this.#spare = this.#start();
	}

	/** Boots the reserve in a moment. */
	prepareLater(): void {
		inBackground(setTimeout(() => this.prepare(), PREPARE_DELAY));
	}

	/**
	 * A booted, idle thread. Rejects when PHP cannot start.
	 * @param fresh one that has run no script yet: its opcache knows no former version of a file
	 */
	async take(fresh = false): Promise<PhpThreadHandle> {
		const spare = this.#spare;
		const fits = spare !== undefined && spare.state !== 'ended' && !(fresh && spare.wasUsed);
		if (fits) this.#spare = undefined;
		if (!fits) return this.boot();
		await spare.booted;
		return spare;
	}

	/** A booted, idle thread that is not the reserve. Rejects when PHP cannot start. */
	async boot(): Promise<PhpThreadHandle> {
		const thread = this.#start();
		await thread.booted;
		return thread;
	}

	/** Takes a thread back whose role has ended cleanly: it becomes the reserve, or goes. */
	async giveBack(thread: PhpThreadHandle): Promise<void> {
		thread.becomeSpare();
		const isSmall = this.#maxMemory === 0 || thread.cell.memory <= this.#maxMemory;
		const isWanted = isSmall && !this.#closed && this.#keepsReserve && this.#spare === undefined;
		if (isWanted && thread.state === 'idle') this.#spare = thread;
		else await thread.terminate();
	}

	async close(): Promise<void> {
		this.#closed = true;
		await this.#spare?.terminate();
	}
}
