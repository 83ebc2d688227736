import type { FileLocks } from '../../shared-memory/file-locks.ts';
import type { ThreadCell } from '../../shared-memory/thread-cell.ts';
import type { LockOutcome } from './os-locks.ts';

/** A lock that cannot be had for this long is refused, milliseconds: it is most probably a deadlock. */
const WAIT_LIMIT = 60_000;

/** How a wait for a lock has ended. */
export type WaitOutcome = LockOutcome | 'EINTR' | 'EDEADLK';

type Bell = Pick<FileLocks, 'changes' | 'waitForChange'>;

/**
 * Waits for locks on this thread. It sleeps until a thread of this process releases a lock on the file; other processes
 * cannot wake it, so it also tries by itself, at growing intervals.
 */
export class LockWait {
	readonly #bell: Bell;
	readonly #cell: Pick<ThreadCell, 'mustStop' | 'blocked' | 'limit'>;
	readonly #now: () => number;

	/** @param now milliseconds, from any start */
	constructor(
		bell: Bell,
		cell: Pick<ThreadCell, 'mustStop' | 'blocked' | 'limit'>,
		now: () => number = () => performance.now(),
	) {
		this.#bell = bell;
		this.#cell = cell;
		this.#now = now;
	}

	/**
	 * Tries a lock until it is granted, the stop flag is raised (EINTR), or the script's time limit, or a minute, is over
	 * (EDEADLK).
	 *
	 * @param file number of the file, as the bell knows it
	 * @param longestNap milliseconds between two attempts, in the long run
	 */
	until(attempt: () => LockOutcome, file: number, longestNap: number): WaitOutcome {
		const { milliseconds } = this.#cell.limit;
		const end = this.#now() + (milliseconds > 0 ? Math.min(milliseconds, WAIT_LIMIT) : WAIT_LIMIT);
		for (let nap = 1; ; nap = Math.min(nap * 2, longestNap)) {
			const changes = this.#bell.changes(file);
			const outcome = attempt();
			if (outcome !== 'refused') return outcome;
			if (this.#cell.mustStop) return 'EINTR';
			if (this.#now() >= end) return 'EDEADLK';
			this.#cell.blocked = true;
			this.#bell.waitForChange(file, changes, nap);
			this.#cell.blocked = false;
		}
	}
}
