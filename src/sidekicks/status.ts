import type { SidekickState } from './states.ts';

/** What is known of a sidekick, as far as error messages tell it. */
export type SidekickStatus = {
	name: string;
	state: SidekickState;
	/** Runs started so far. */
	attempts: number;
	/** Failures in a row. */
	failures: number;
	/** False = no thread runs it now: it waits for its next attempt. */
	running: boolean;
	/** The last PHP error, file and line inside. */
	lastError: string | undefined;
	/** Exit status of the last run that ended, when it ended by exiting. */
	exitStatus: number | undefined;
	/** How the last run that ended did so, e.g. `exit status 255`. */
	lastEnd: string | undefined;
};

/** What a sidekick looks like from outside: for the admin API, logs and metrics. */
export type SidekickInfo = {
	name: string;
	state: SidekickState;
	/** Runs started so far. */
	attempts: number;
	/** Runs started after it had been ready. */
	restarts: number;
	/** When the current or last run was started, milliseconds since 1970. */
	startedAt: number;
	/** When it last published, milliseconds since 1970. */
	lastPublication: number | undefined;
	/** Version of its snapshot, 0 = none. */
	version: number;
	/** Bytes of its snapshot. */
	size: number;
	lastError: string | undefined;
	exitStatus: number | undefined;
	/** Of the current run. */
	threadId: number | undefined;
	/** Failures in a row. */
	failures: number;
	/** Threads that block in `get_vars()` for it now. */
	readersWaiting: number;
	/** Calls of `set_vars()` that published, under this name, since the start of the scope; like all counters below. */
	publications: number;
	starts: number;
	/** Failed runs: after it had published, and before. */
	crashes: number;
	bootFailures: number;
	/** Milliseconds from the start to the first publication, of the last run that became ready. */
	timeToReady: number | undefined;
};
