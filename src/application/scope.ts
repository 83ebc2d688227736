import type { PhpPort } from '../http/php-port.ts';
import type { SidekickControl } from '../sidekicks/control.ts';
import type { SidekickEvent } from '../sidekicks/sidekick-event.ts';
import type { SidekickTasks } from '../sidekicks/status.ts';
import type { ThreadStatus } from '../threads/thread-status.ts';

/** Stops a subscription; calling it again does nothing. */
export type Unsubscribe = () => void;

/** One scope: its PHP threads, its workers, its sidekicks. Main thread only. */
export interface RunningScope {
	/** The name of its `php_server`, unique within the server. */
	readonly name: string;
	readonly gateway: PhpPort;
	readonly sidekicks: SidekickControl;
	/** The locks of its files, for a thread beside it that shares these. */
	readonly fileLocks: SharedArrayBuffer;
	/** Every live thread, the reserve included. */
	threads(): ThreadStatus[];
	/** The numbers for metrics; cheap enough for every scrape. */
	measures(): ScopeMeasures;
	/** Calls `listener` for every event in a sidekick's life, after it was logged. */
	onSidekickEvent(listener: (event: SidekickEvent) => void): Unsubscribe;
	/**
	 * Restarts every thread of every worker, then those for classic requests, one after another: the next one is replaced
	 * only when the previous replacement serves, so that requests always find a thread. A running request finishes, with
	 * the old code. Resolves when all other threads run the new code. A second call during a restart joins the one that
	 * begins after it. Rejects with the PHP error when the new code does not start; threads that have not been replaced by
	 * then keep the old code.
	 */
	restartWorkers(): Promise<void>;
	/**
	 * Terminates a thread, whatever it is doing; it is replaced as after a crash. Its request fails with status 500, code
	 * `THREAD_ENDED`. Resolves when it is gone; false = there was none with this id (`ThreadStatus.id`).
	 */
	endThread(id: number): Promise<boolean>;
	/**
	 * The clients' connections are closed soon, `close()` follows: what PHP waits for without need ends, so that its request
	 * can still be answered. Requests are served on.
	 */
	drain(): void;
	/**
	 * Lets running requests finish, and stops the sidekicks. Resolves once every thread has ended.
	 *
	 * @param patience milliseconds until busy threads, and sidekicks that run, are terminated; the stop timeout unless given
	 */
	close(patience?: number): Promise<void>;
	/** Calls `listener` when the scope cannot continue, e.g. when a worker script fails at every start. */
	onFatal(listener: (error: Error) => void): void;
}

/** Numbers for metrics; counters count since the start of the server. */
export interface ScopeMeasures {
	/** Threads of requests and of background workers, busy ones, and requests that wait for a thread of any kind. */
	readonly totalThreads: number;
	readonly busyThreads: number;
	readonly queueDepth: number;
	readonly workers: readonly WorkerMeasures[];
}

/** Numbers of one worker, also of one in the background. */
export interface WorkerMeasures {
	readonly name: string;
	/** Threads that run the script; those of them that serve a request; those that have reached their loop, or ready point. */
	readonly total: number;
	readonly busy: number;
	readonly ready: number;
	/** Ends that nobody asked for, other than `exit(0)`. */
	readonly crashes: number;
	/** Ends that were asked for, or that the script chose. */
	readonly restarts: number;
	readonly requestCount: number;
	/** Seconds, over all requests. */
	readonly requestTime: number;
	readonly queueDepth: number;
	/** Of a background worker: its tasks. */
	readonly tasks?: SidekickTasks | undefined;
}

/** Milliseconds that threads get to end by themselves when requests have used up all the time of a stop. */
const LAST_PATIENCE = 1000;

/**
 * What RunningScope.close() gets after requests were waited for: a request that hangs is given the stop timeout once,
 * not twice.
 * @param end when the stop timeout is over, by `performance.now()`
 */
export function patienceUntil(end: number): number {
	return Math.max(LAST_PATIENCE, end - performance.now());
}
