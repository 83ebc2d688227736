import { NO_REQUEST } from '../shared-memory/thread-cell.ts';
import type { PhpThreadHandle } from './php-thread-handle.ts';

/** How often the limits are checked, milliseconds: the inaccuracy of max_execution_time. */
const INTERVAL = 250;

type Watched = { request: number; armed: number; spent: number };

/**
 * Enforces `max_execution_time`: PHP in WASM cannot be interrupted from outside, so a thread that overruns is terminated.
 * Only time in which PHP runs counts, not sleeping or waiting for a sidekick. Main thread only.
 */
export class Watchdog {
	readonly #threads: () => Iterable<PhpThreadHandle>;
	readonly #onOverrun: (thread: PhpThreadHandle, seconds: number) => void;
	readonly #watched = new WeakMap<PhpThreadHandle, Watched>();
	readonly #timer: ReturnType<typeof setInterval>;
	#last = performance.now();

	constructor(threads: () => Iterable<PhpThreadHandle>, onOverrun: (thread: PhpThreadHandle, seconds: number) => void) {
		this.#threads = threads;
		this.#onOverrun = onOverrun;
		this.#timer = setInterval(() => this.#look(), INTERVAL);
	}

	close(): void {
		clearInterval(this.#timer);
	}

	#look(): void {
		const now = performance.now();
		// When the main thread was busy itself, that time must not be charged to PHP.
		const elapsed = Math.min(now - this.#last, 2 * INTERVAL);
		this.#last = now;
		for (const thread of this.#threads()) {
			const request = thread.cell.currentRequest;
			const { milliseconds, armed } = thread.cell.limit;
			const before = this.#watched.get(thread);
			if (before === undefined || before.request !== request || before.armed !== armed) {
				this.#watched.set(thread, { request, armed, spent: 0 });
				continue;
			}
			const isIdle = request === NO_REQUEST && thread.role !== 'background';
			if (isIdle || milliseconds === 0 || thread.cell.blocked) continue;
			before.spent += elapsed;
			if (before.spent >= milliseconds) this.#onOverrun(thread, milliseconds / 1000);
		}
	}
}
