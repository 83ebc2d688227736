import type { SidekickOrigin } from './definition.ts';
import type { SidekickState } from './states.ts';

/** What error messages tell about a sidekick. */
export type SidekickStatus = {
	name: string;
	/** It is a background worker. */
	background: boolean;
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

/**
 * Tasks by how they ended; seconds that threads have spent on them; those that nobody has picked up, and threads that hold
 * one, now.
 */
export type SidekickTasks = {
	completed: number;
	aborted: number;
	abandoned: number;
	timeout: number;
	seconds: number;
	depth: number;
	busy: number;
};

/** What a fleet shares of a sidekick, and where it runs, as far as this server knows. */
export type SidekickFleet = {
	/** `run`: it runs once in the fleet. `tasks`: a background worker that runs on every server, and gets the tasks of all. */
	shares: 'run' | 'tasks';
	/** Host and process; undefined = nobody has it, or every server has. */
	holder: string | undefined;
	/** It runs on this server. */
	here: boolean;
	/** When the holder took it, milliseconds since 1970, by its clock. */
	since: number | undefined;
	/** For how long this server has not been able to hear of changes, milliseconds; 0 = it hears of them. */
	behind: number;
};

/** What a sidekick looks like from outside: for the admin API, logs and metrics. */
export type SidekickInfo = {
	name: string;
	/** Who has it started. All but those of a first read are background workers. */
	origin: SidekickOrigin;
	state: SidekickState;
	/** It has reached its ready point, in this run or before: readers no longer wait for it. */
	ready: boolean;
	/** Threads that run it at the same time. */
	num: number;
	/** Those of them that run now, and that are ready. */
	runningThreads: number;
	readyThreads: number;
	/** Runs started since it was asked for; `starts` goes on even when it was forgotten in between. */
	attempts: number;
	/** Runs started after it had been ready. */
	restarts: number;
	/** In a row, so far. */
	failures: number;
	/** Runs under this name since the server started. */
	starts: number;
	/** Failed runs under this name since the server started: after it had been ready, and before. */
	crashes: number;
	bootFailures: number;
	/** Publications under this name since the server started. */
	publications: number;
	/** Threads that currently block until it is ready. */
	readersWaiting: number;
	/** Milliseconds from the start of the last run that became ready to its ready point. */
	timeToReady: number | undefined;
	/** When the current or last run was started, milliseconds since 1970. */
	startedAt: number;
	/** When it last published, milliseconds since 1970. */
	lastPublication: number | undefined;
	/** Version of its snapshot, 0 = none. */
	version: number;
	/** Bytes of its snapshot. */
	size: number;
	/** Tasks sent to it since it was started; missing = nobody counts them. */
	tasks?: SidekickTasks;
	/** Missing = other servers have nothing to do with it. */
	fleet?: SidekickFleet;
	lastError: string | undefined;
	exitStatus: number | undefined;
	/** Of the current run, or of one of them. */
	threadId: number | undefined;
};
