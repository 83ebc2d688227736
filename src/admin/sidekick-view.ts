import type { TaskOutcome } from '../shared-memory/task-counters.ts';
import type { SidekickSnapshot } from '../sidekicks/control.ts';
import type { SidekickFleet, SidekickTasks } from '../sidekicks/status.ts';
import type { KnownSidekick } from './sidekick-ledger.ts';

/** A sidekick as `GET /sidekicks` shows it. Times are ISO 8601, durations seconds, sizes bytes; null = there is none. */
export interface SidekickView {
	readonly scope: string;
	readonly name: string;
	/** Who has it started: `first read` = a sidekick; `configuration`, `catch-all` = a background worker. */
	readonly origin: string;
	/** One of the states of a sidekick; `stopped` and `failed` = it is over, and its next reader starts it anew. */
	readonly state: string;
	/** It has reached its ready point: readers do not wait. */
	readonly ready: boolean;
	/** Threads that run it at the same time, and those of them that are ready now. */
	readonly num: number;
	readonly readyThreads: number;
	/** The thread that runs it now, or one of them. */
	readonly thread: number | null;
	readonly startedAt: string;
	readonly attempts: number;
	/** Runs that began after it had been ready. */
	readonly restarts: number;
	/** In a row. */
	readonly failures: number;
	readonly starts: number;
	readonly crashes: number;
	readonly bootFailures: number;
	readonly publications: number;
	readonly lastPublication: string | null;
	/** Since the last publication. */
	readonly age: number | null;
	readonly timeToReady: number | null;
	readonly readersWaiting: number;
	readonly version: number;
	/** Of the snapshot. */
	readonly size: number;
	readonly keys: readonly SnapshotKey[];
	/** When a fleet shares it, or its tasks. */
	readonly fleet: FleetView | null;
	/** Since it was started: by how they ended, `waiting` for a thread, threads that are `busy`. */
	readonly tasks: (Readonly<Record<TaskOutcome | 'waiting' | 'busy', number>> & { readonly seconds: number }) | null;
	readonly lastError: string | null;
	readonly exitStatus: number | null;
}

/** What a fleet shares of a sidekick, and where it runs. */
export interface FleetView {
	/** `run`: it runs once in the fleet. `tasks`: a background worker that runs on every server, and gets the tasks of all. */
	readonly shares: 'run' | 'tasks';
	/** Host and process; `null` = nobody has it, or every server has. */
	readonly holder: string | null;
	/** It runs on this server. */
	readonly here: boolean;
	readonly since: string | null;
	/** For how long this server has not been able to hear of changes, seconds. */
	readonly behind: number;
}

/** A key of a snapshot; its value only when asked for: it may be a secret. */
export interface SnapshotKey {
	readonly key: string;
	/** As PHP calls it. */
	readonly type: string;
	readonly size: number;
	readonly value?: string;
	/** Instead of `value`, for what is not UTF-8. */
	readonly base64?: string;
}

/** @param now milliseconds since 1970 */
export function viewOf({ scope, info, over }: KnownSidekick, now: number, values = false): SidekickView {
	const { lastPublication, timeToReady, threadId, startedAt, version, size } = info;
	const snapshot = over ? undefined : scope.sidekicks.snapshot(info.name);
	return {
		scope: scope.name,
		name: info.name,
		origin: info.origin,
		state: info.state,
		ready: !over && info.ready,
		num: info.num,
		readyThreads: over ? 0 : info.readyThreads,
		thread: threadId ?? null,
		startedAt: isoTime(startedAt),
		attempts: info.attempts,
		restarts: info.restarts,
		failures: info.failures,
		starts: info.starts,
		crashes: info.crashes,
		bootFailures: info.bootFailures,
		publications: info.publications,
		lastPublication: lastPublication === undefined ? null : isoTime(lastPublication),
		age: lastPublication === undefined ? null : seconds(Math.max(0, now - lastPublication)),
		timeToReady: timeToReady === undefined ? null : seconds(timeToReady),
		readersWaiting: info.readersWaiting,
		version,
		size,
		keys: keysOf(snapshot, values),
		fleet: info.fleet === undefined ? null : fleetView(info.fleet),
		tasks: tasksOf(info.tasks),
		lastError: info.lastError ?? null,
		exitStatus: info.exitStatus ?? null,
	};
}

function fleetView({ shares, holder, here, since, behind }: SidekickFleet): FleetView {
	return {
		shares,
		holder: holder ?? null,
		here,
		since: since === undefined ? null : isoTime(since),
		behind: seconds(behind),
	};
}

function tasksOf(tasks: SidekickTasks | undefined): SidekickView['tasks'] {
	if (tasks === undefined) return null;
	const { depth: waiting, seconds: spent, ...rest } = tasks;
	return { ...rest, waiting, seconds: Math.round(spent * 1000) / 1000 };
}

function keysOf(snapshot: SidekickSnapshot | undefined, values: boolean): SnapshotKey[] {
	return (snapshot?.entries ?? []).map(({ key, type, size, value }) => ({
		key,
		type,
		size,
		...(values && textOf(value)),
	}));
}

function textOf(bytes: Uint8Array): { value: string } | { base64: string } {
	try {
		return { value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
	} catch {
		return { base64: base64(bytes) };
	}
}

function base64(bytes: Uint8Array): string {
	let binary = '';
	// In pieces: the number of arguments of a call is limited.
	for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
	return btoa(binary);
}

function isoTime(milliseconds: number): string {
	const date = new Date(milliseconds);
	return Number.isNaN(date.getTime()) ? String(milliseconds) : date.toISOString();
}

function seconds(milliseconds: number): number {
	return Math.round(milliseconds) / 1000;
}
