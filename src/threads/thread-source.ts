import { hasOutgrown } from '../php-thread/thread-limits.ts';
import { inBackground } from '../time/clock.ts';
import type { PhpThreadHandle } from './php-thread-handle.ts';

/** How long after a thread was taken the next reserve boots, milliseconds: the thread that was taken starts first. */
const PREPARE_DELAY = 250;

/**
 * Gives out booted spares and keeps one in reserve, so that whoever needs one (a sidekick's first start, a replacement)
 * waits milliseconds and not for a boot. Main thread only.
 */
export class ThreadSource {
	readonly #start: () => PhpThreadHandle;
	readonly #keepsReserve: boolean;
	readonly #maxMemory: number;
	#reserve: PhpThreadHandle | undefined;
	#closed = false;

	/**
	 * @param keepsReserve false = threads are booted on demand
	 * @param maxMemory bytes; a thread with more is not taken back; 0 = any
	 */
	constructor(start: () => PhpThreadHandle, keepsReserve = true, maxMemory = 0) {
		this.#start = start;
		this.#maxMemory = maxMemory;
		this.#keepsReserve = keepsReserve;
	}

	/** Boots the reserve if there is none. */
	prepare(): void {
		if (this.#closed || !this.#keepsReserve || (this.#reserve !== undefined && this.#reserve.state !== 'ended')) return;
		this.#reserve = this.#start();
	}

	/** Boots the reserve in a moment. */
	prepareLater(): void {
		inBackground(setTimeout(() => this.prepare(), PREPARE_DELAY));
	}

	/**
	 * A booted spare. Rejects when PHP cannot start.
	 * @param fresh one that has run no script yet: its opcache has no older version of a file
	 */
	async take(fresh = false): Promise<PhpThreadHandle> {
		const reserve = this.#reserve;
		const fits = reserve !== undefined && reserve.state !== 'ended' && !(fresh && reserve.wasUsed);
		if (fits) this.#reserve = undefined;
		if (!fits) return this.boot();
		await reserve.booted;
		return reserve;
	}

	/** A booted spare that is not the reserve. Rejects when PHP cannot start. */
	async boot(): Promise<PhpThreadHandle> {
		const thread = this.#start();
		await thread.booted;
		return thread;
	}

	/** Takes a thread back after its role ended cleanly: it becomes the reserve, or is terminated. */
	async giveBack(thread: PhpThreadHandle): Promise<void> {
		thread.becomeSpare();
		const isSmall = !hasOutgrown(thread.cell.memory, this.#maxMemory);
		const isWanted = isSmall && !this.#closed && this.#keepsReserve && this.#reserve === undefined;
		if (isWanted && thread.state === 'spare') this.#reserve = thread;
		else await thread.terminate();
	}

	async close(): Promise<void> {
		this.#closed = true;
		await this.#reserve?.terminate();
	}
}
