/** What the registry tells the log. `attempt` counts the runs of the sidekick from 1, durations are in milliseconds. */
export type SidekickEvent =
	| { type: 'starting'; name: string; attempt: number }
	| { type: 'ready'; name: string; attempt: number; after: number }
	/** Ended with status 0, unasked, after it had been ready. */
	| { type: 'exited'; name: string; attempt: number }
	| { type: 'crashed'; name: string; attempt: number; failures: number; reason: string }
	| { type: 'backing-off'; name: string; delay: number; failures: number }
	| { type: 'failed'; name: string; failures: number; reason: string }
	| { type: 'stopping'; name: string; cause: StopCause }
	/** Did not end within the stop timeout: its thread is terminated. */
	| { type: 'ignored-stop'; name: string; stopTimeout: number }
	| { type: 'stopped'; name: string }
	/** Its thread did not even report its termination; nobody waits for it any longer. */
	| { type: 'abandoned'; name: string };

/** Why a run is asked to end. */
export type StopCause = 'restart' | 'stop' | 'shutdown';
