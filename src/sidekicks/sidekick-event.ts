/**
 * What the registry tells the log. `attempt` counts the runs of the sidekick from 1, durations are in milliseconds;
 * `background` = it is a background worker.
 */
export type SidekickEvent = SidekickEventOf & { name: string; background?: true };

/** The same without the name. */
export type SidekickEventOf =
	| { type: 'starting'; attempt: number }
	| { type: 'ready'; attempt: number; after: number }
	/** Ended with status 0, unasked, after it had been ready. */
	| { type: 'exited'; attempt: number }
	/** `persists` = a background worker fails more often in a row than it may at the start; it goes on. */
	| { type: 'crashed'; attempt: number; failures: number; reason: string; persists?: true }
	/** A run of a background worker has not become ready for so long. */
	| { type: 'slow-start'; after: number }
	| { type: 'backing-off'; delay: number; failures: number }
	| { type: 'failed'; failures: number; reason: string }
	| { type: 'stopping'; cause: StopCause }
	/** Did not end within the stop timeout: its thread is terminated. */
	| { type: 'ignored-stop'; stopTimeout: number }
	| { type: 'stopped' }
	/** Its thread did not even report its termination; nobody waits for it any longer. */
	| { type: 'abandoned' }
	/** A shared one runs on another server of the fleet from now on; every server tells it. `holder`: host and process. */
	| { type: 'takeover'; holder: string }
	/** This server had the lease of a shared one, and has it no longer. */
	| { type: 'lease-lost'; reason: string };

/** Why a run is asked to end. */
export type StopCause = 'restart' | 'stop' | 'shutdown';
