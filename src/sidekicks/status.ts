import type { SidekickState } from './states.ts';

/** What error messages tell about a sidekick. */
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
	/** Exit status of the last run that ended, if it ended by exiting. */
	exitStatus: number | undefined;
	/** How the last run ended, e.g. `ended with exit status 255`. */
	lastEnd: string | undefined;
};

/** What a sidekick looks like from outside: for the admin API, logs and metrics. */
export type SidekickInfo = {
	name: string;
	state: SidekickState;
	/** Runs started since it was asked for; `starts` goes on even when it was forgotten in between. */
	attempts: number;
	/** Runs started after it had been ready. */
	restarts: number;
	/** In a row, so far. */
	failures: number;
	/** Runs under this name since the server started. */
	starts: number;
	/** Failed runs under this name since the server started: after it had published, and before. */
	crashes: number;
	bootFailures: number;
	/** Calls of `frankenphp_sidekick_set_vars()` under this name since the server started. */
	publications: number;
	/** Threads that currently block in `frankenphp_sidekick_get_vars()` for its first publication. */
	readersWaiting: number;
	/** Milliseconds from the start of the last run that became ready to its first publication. */
	timeToReady: number | undefined;
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
};
