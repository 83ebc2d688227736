import type { SidekickCounters } from './counters.ts';
import type { SidekickDefinition } from './definition.ts';
import type { Publication, SidekickRun } from './ports.ts';
import type { SidekickState } from './states.ts';
import type { SidekickFleet, SidekickInfo, SidekickStatus, SidekickTasks } from './status.ts';

/** What has happened to a sidekick so far. The sidekick alone writes it. */
export type SidekickHistory = {
	attempts: number;
	restarts: number;
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
	/** When its thread began with the script. */
	beganAt: number | undefined;
	/** When it was ready first. */
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
		startedAt: 0,
		timeToReady: undefined,
		lastError: undefined,
		exitStatus: undefined,
		lastEnd: undefined,
	};
}

/** What the history needs to know about each of the threads. */
type SeatView = { readonly failures: number; readonly isReady: boolean; readonly current: CurrentRun | undefined };

/** The history as error messages tell it. */
export function statusOf(
	history: SidekickHistory,
	name: string,
	state: SidekickState,
	background: boolean,
	seats: readonly SeatView[],
): SidekickStatus {
	const { attempts, lastError, exitStatus, lastEnd } = history;
	const running = seats.some(({ current }) => current !== undefined);
	const failures = mostFailures(seats);
	return { name, background, state, attempts, failures, running, lastError, exitStatus, lastEnd };
}

/** The history as seen from outside. `publication` undefined = nothing has been published. */
export function infoOf(
	history: SidekickHistory,
	name: string,
	state: SidekickState,
	{ origin, num }: SidekickDefinition,
	seats: readonly SeatView[],
	now: {
		isReady: boolean;
		publication: Publication | undefined;
		tasks: SidekickTasks | undefined;
		fleet: SidekickFleet | undefined;
		counters: SidekickCounters;
		readersWaiting: number;
	},
): SidekickInfo {
	const { attempts, restarts, startedAt, timeToReady, lastError, exitStatus } = history;
	const { isReady, publication, tasks, fleet, counters, readersWaiting } = now;
	const { starts, crashes, bootFailures, publications } = counters;
	return {
		name,
		origin,
		state,
		ready: isReady,
		num,
		runningThreads: seats.filter(({ current }) => current !== undefined).length,
		readyThreads: seats.filter((seat) => seat.isReady).length,
		attempts,
		restarts,
		failures: mostFailures(seats),
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
		...(tasks && { tasks }),
		...(fleet && { fleet }),
		lastError,
		exitStatus,
		threadId: seats.find(({ current }) => current?.thread?.threadId !== undefined)?.current?.thread?.threadId,
	};
}

function mostFailures(seats: readonly SeatView[]): number {
	return seats.reduce((most, { failures }) => Math.max(most, failures), 0);
}
