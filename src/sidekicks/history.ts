import type { SidekickCounters } from './counters.ts';
import type { Publication, SidekickRun } from './ports.ts';
import type { SidekickState } from './states.ts';
import type { SidekickInfo, SidekickStatus } from './status.ts';

/** What has happened to a sidekick so far. The sidekick alone writes it. */
export type SidekickHistory = {
	attempts: number;
	restarts: number;
	/** In a row. */
	failures: number;
	/** Milliseconds since 1970. */
	startedAt: number;
	/** Of the last run that became ready, milliseconds. */
	timeToReady: number | undefined;
	lastError: string | undefined;
	exitStatus: number | undefined;
	lastEnd: string | undefined;
};

/** The current run. */
export type CurrentRun = {
	/** Milliseconds since 1970. */
	startedAt: number;
	/** When it published first. */
	readyAt: number | undefined;
	/** Set = its end was asked for, so it is no failure; decides what follows. */
	asked: 'restart' | 'stop' | undefined;
	thread: SidekickRun | undefined;
};

/** The history of a sidekick that has not been started. */
export function emptyHistory(): SidekickHistory {
	return {
		attempts: 0,
		restarts: 0,
		failures: 0,
		startedAt: 0,
		timeToReady: undefined,
		lastError: undefined,
		exitStatus: undefined,
		lastEnd: undefined,
	};
}

/** The history as error messages tell it. */
export function statusOf(
	history: SidekickHistory,
	name: string,
	state: SidekickState,
	running: boolean,
): SidekickStatus {
	const { attempts, failures, lastError, exitStatus, lastEnd } = history;
	return { name, state, attempts, failures, running, lastError, exitStatus, lastEnd };
}

/** The history as seen from outside. `publication` undefined = nothing has been published. */
export function infoOf(
	history: SidekickHistory,
	name: string,
	state: SidekickState,
	publication: Publication | undefined,
	threadId: number | undefined,
	counters: SidekickCounters,
	readersWaiting: number,
): SidekickInfo {
	const { attempts, restarts, failures, startedAt, timeToReady, lastError, exitStatus } = history;
	const { starts, crashes, bootFailures, publications } = counters;
	return {
		name,
		state,
		attempts,
		restarts,
		failures,
		starts,
		crashes,
		bootFailures,
		publications: publications + (publication?.count ?? 0),
		readersWaiting,
		timeToReady,
		startedAt,
		lastPublication: publication?.publishedAt,
		version: publication?.version ?? 0,
		size: publication?.size ?? 0,
		lastError,
		exitStatus,
		threadId,
	};
}
