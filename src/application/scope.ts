import type { PhpGateway } from '../http/php-gateway.ts';
import type { SidekickControl } from '../sidekicks/control.ts';
import type { SidekickEvent } from '../sidekicks/sidekick-event.ts';
import type { ThreadStatus } from '../threads/thread-status.ts';

/** Stops a subscription; calling it again does nothing. */
export type Unsubscribe = () => void;

/** One scope: its PHP threads, its workers, its sidekicks. Main thread only. */
export interface RunningScope {
	/** Of the scope: the name of its `php_server`, unique within the server. */
	readonly name: string;
	readonly gateway: PhpGateway;
	readonly sidekicks: SidekickControl;
	/** Every thread that lives now, the reserve included. */
	threads(): ThreadStatus[];
	/** What the metrics tell; cheap enough for each scrape. */
	measures(): ScopeMeasures;
	/** Calls `listener` at every event of a sidekick's life, after it was logged. */
	onSidekickEvent(listener: (event: SidekickEvent) => void): Unsubscribe;
	/**
	 * Restarts every thread of every worker, then those for classic requests, one after another: the next one goes only
	 * when its predecessor's successor serves, so that requests find a thread at any time. A request that runs goes on to
	 * its end, with the old code. Resolves when all others run the new code. A second call while one
	 * runs joins a restart that begins after the running one. Rejects with the PHP error when the new code does not
	 * start; the threads that have not been replaced by then go on with the old code.
	 */
	restartWorkers(): Promise<void>;
	/**
	 * Ends a thread at once, whatever it does; it is replaced as after a crash. Its request fails with status 500, code
	 * `THREAD_ENDED`. Resolves when it is gone: false = there was none with this id (`ThreadStatus.id`).
	 */
	endThread(id: number): Promise<boolean>;
	/** Lets running requests end, stops sidekicks; resolves once every thread has ended. */
	close(): Promise<void>;
	/** Calls `listener` when the scope cannot go on, e.g. when a worker script fails at every start. */
	onFatal(listener: (error: Error) => void): void;
}

/** Numbers for metrics; counters count since the start of the server. */
export interface ScopeMeasures {
	/** Serving threads (classic and worker), busy ones, and requests that wait for a thread of any kind. */
	readonly totalThreads: number;
	readonly busyThreads: number;
	readonly queueDepth: number;
	readonly workers: readonly WorkerMeasures[];
}

/** Numbers of one worker. */
export interface WorkerMeasures {
	readonly name: string;
	/** Threads that run the script; those of them that serve a request; those that have reached their loop. */
	readonly total: number;
	readonly busy: number;
	readonly ready: number;
	/** Ends that nobody asked for and that were no `exit(0)`. */
	readonly crashes: number;
	/** Ends that were asked for, or that the script chose. */
	readonly restarts: number;
	readonly requestCount: number;
	/** Seconds, summed over all requests. */
	readonly requestTime: number;
	readonly queueDepth: number;
}
