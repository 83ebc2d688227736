import type { SidekickCounters } from './counters.ts';
import type { SidekickSnapshot } from './snapshot-format.ts';
import type { SidekickInfo } from './status.ts';

export type { SidekickSnapshot, SnapshotEntry } from './snapshot-format.ts';
export type { SidekickCounters, SidekickInfo };

/** What the rest of the server may do with the sidekicks of a scope. Main thread only. */
export interface SidekickControl {
	/** All that exist now, in the order of their first start. */
	list(): SidekickInfo[];
	get(name: string): SidekickInfo | undefined;
	/** A copy of what it has published last; undefined = not there, or nothing published yet. */
	snapshot(name: string): SidekickSnapshot | undefined;
	/** For every name that was ever asked for, including those that are gone; at least the last thousand. */
	counters(): Readonly<SidekickCounters>[];
	/** Ends the current run and starts the next one at once; counts as no failure. False = not there, or being stopped. */
	restart(name: string): boolean;
	/** Restarts all: a reload. */
	restartAll(): void;
	/** Ends it and forgets it; the next `get_vars()` starts it anew. Resolves once its run has ended; false = not there. */
	stop(name: string): Promise<boolean>;
}
