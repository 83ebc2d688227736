import type { SidekickEvent } from './sidekick-event.ts';
import type { SidekickFleet, SidekickStatus, SidekickTasks } from './status.ts';

/** Undoes what returned it; calling it again, or too late, does nothing. */
export type Cancel = () => void;

/** Time, as the registry sees it. */
export interface Clock {
	/** Milliseconds since 1970. Must not run backwards. */
	now(): number;
	/** Calls `fn` once, `milliseconds` from now, never before this call has returned. */
	after(milliseconds: number, fn: () => void): Cancel;
}

/** The cells of shared memory, one per sidekick. Called on the main thread only. */
export interface SidekickCells {
	/** A handle for a new sidekick, or background worker, on so many threads; undefined = no cell is free. */
	reserve(name: string, isBackground: boolean, threads: number): number | undefined;
	/** A run has ended before it was ready. */
	bootFailed(handle: number): void;
	/** Publishes what the sidekick is doing, for the timeout errors of waiters. Called at every change. */
	describe(handle: number, status: SidekickStatus): void;
	/** Wakes every waiter with `reason` and frees the cell; the handle is not used after that. */
	fail(handle: number, reason: string): void;
	/** Whether what is behind the handle has ever reached its ready point. */
	isReady(handle: number): boolean;
	/** `version` 0 = none yet; `publishedAt` in milliseconds since 1970; `size` in bytes; `count` of `set_vars()` calls. */
	publication(handle: number): Publication;
	/** What has become of the tasks sent to it; missing = nobody counts them. */
	tasks?(handle: number): SidekickTasks;
	/** What a fleet shares of it; missing, or undefined = nothing. */
	fleet?(handle: number): SidekickFleet | undefined;
	/** A copy of the latest snapshot, encoded; undefined = nothing has been published. */
	snapshot(handle: number): { version: number; bytes: Uint8Array } | undefined;
}

/** What is known about the snapshots of one sidekick; see {@link SidekickCells.publication}. */
export type Publication = { version: number; publishedAt: number; size: number; count: number };

/** One run to start. */
export type SidekickRunRequest = {
	name: string;
	handle: number;
	/** Counts the runs of this sidekick from 1. */
	attempt: number;
	/** On a thread that has run nothing yet: somebody asked for a restart, perhaps because files have changed. */
	fresh: boolean;
	/** Which of the sidekick's threads it is, from 0. */
	seat: number;
	/** The script. */
	file: string;
	/** Added to the environment of the scope. */
	env: Readonly<Record<string, string>>;
	/** It is ready at its first tick, and not at its first publication. */
	isBackground: boolean;
	/** It runs for the whole fleet: what it publishes is reported, and not put into shared memory. */
	shared?: SharedRun;
};

/** What a run that publishes for the fleet has to know. */
export type SharedRun = {
	/** Where it publishes to, for sentences. */
	place: string;
	/** The largest snapshot that goes there, bytes. */
	maxSize: number;
};

/** How a run ended. */
export type RunOutcome =
	| { kind: 'exit'; status: number }
	| { kind: 'trap'; message: string }
	| { kind: 'terminated'; message?: string | undefined }
	| { kind: 'startFailed'; message: string };

/** What a run reports, on the main thread. */
export interface SidekickRunEvents {
	/** The thread is about to run the script. */
	began(): void;
	/** The ready point of this run: its first publication, or the first tick of a background worker. */
	ready(): void;
	/** The last PHP error, with file and line inside. */
	phpError(text: string): void;
	/** A shared run has published; what it publishes meanwhile may be left out. */
	published?(variables: Uint8Array): void;
	/** Exactly once per start, the last event of the run: after it, the thread touches neither cell nor name. */
	ended(outcome: RunOutcome): void;
}

/** One thread that runs, or is about to run, a sidekick. */
export interface SidekickRun {
	/** Undefined until the thread exists. */
	readonly threadId: number | undefined;
	/** Makes `should_stop()` true and wakes sleepers. Takes effect even while the thread is still starting. */
	raiseStop(): void;
	/** Terminates the thread, whatever it is doing; `ended` follows. Takes effect even while it is still starting. */
	terminate(): void;
}

/** Starts threads that run sidekicks. */
export interface SidekickThreads {
	/** Returns at once; a start that fails is reported as `ended({ kind: 'startFailed' })`. */
	start(run: SidekickRunRequest, events: SidekickRunEvents): SidekickRun;
}

/** Everything that the registry needs from outside. */
export interface SidekickPorts {
	clock: Clock;
	cells: SidekickCells;
	threads: SidekickThreads;
	log(event: SidekickEvent): void;
	/** A sentence when the entrypoint's file is missing or unreadable now. Called before a sidekick starts for a caller. */
	entrypointProblem(): string | undefined;
	/** How many threads block in `get_vars()` with this name among those asked for. */
	readersWaiting(name: string): number;
}

/** What a sidekick tells its registry. */
export type SidekickOwner = {
	/** A run is over, and its thread no longer waits for anything. */
	runEnded(name: string, seat: number): void;
	/** A run is ready. */
	ready(name: string): void;
	/** It has failed as often in a row as it may before it has been ready; it goes on trying. */
	cannotBoot(name: string, reason: string): void;
	/** Stopped, failed or abandoned: its name is free after this, and its cell is freed next. */
	gone(name: string): void;
};
