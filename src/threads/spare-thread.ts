import type { PhpThreadHandle } from './php-thread-handle.ts';

/**
 * Gives out booted threads and keeps one in reserve, so that whoever needs one (a sidekick's first start, a
 * replacement) waits milliseconds and not for a boot. Main thread only.
 */
export class SpareThread {
	readonly #start: () => PhpThreadHandle;
	#spare: PhpThreadHandle | undefined;
	#closed = false;

	constructor(start: () => PhpThreadHandle) {
		this.#start = start;
	}

	/** Boots the reserve if there is none. */
	prepare(): void {
		if (this.#closed || (this.#spare !== undefined && this.#spare.state !== 'ended')) return;
		this.#spare = this.#start();
	}

	/** A booted, idle thread. Rejects when PHP cannot start. The next reserve is booted afterwards. */
	async take(): Promise<PhpThreadHandle> {
		const thread = this.#spare !== undefined && this.#spare.state !== 'ended' ? this.#spare : this.#start();
		this.#spare = undefined;
		await thread.booted;
		return thread;
	}

	/** Takes a thread back whose role has ended cleanly: it becomes the reserve, or goes. */
	async giveBack(thread: PhpThreadHandle): Promise<void> {
		thread.label = 'spare';
		if (!this.#closed && this.#spare === undefined && thread.state === 'idle') this.#spare = thread;
		else await thread.terminate();
	}

	async close(): Promise<void> {
		this.#closed = true;
		await this.#spare?.terminate();
	}
}
