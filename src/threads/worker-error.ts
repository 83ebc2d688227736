/** A worker script that cannot be started, or kept running. The message has PHP's error, with file and line. */
export class WorkerError extends Error {
	readonly code = 'worker_failed';
	override readonly name = 'WorkerError';
}
