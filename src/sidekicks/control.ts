import type { SidekickInfo } from './status.ts';

export type { SidekickInfo };

/** What a sidekick has published, decoded. */
export type SidekickSnapshot = {
	version: number;
	entries: { key: string; size: number; value: Uint8Array }[];
};

/** What the rest of the server may do with the sidekicks of a scope. Main thread only. */
export interface SidekickControl {
	/** All that exist now, in the order of their first start. */
	list(): SidekickInfo[];
	get(name: string): SidekickInfo | undefined;
	/** Its latest snapshot; undefined = it is not there, or has not published. */
	snapshot(name: string): SidekickSnapshot | undefined;
	/** Ends the current run and starts the next one at once; no failure. False = not there, or being stopped. */
	restart(name: string): boolean;
	/** Restarts all: a reload. */
	restartAll(): void;
	/** Ends it and forgets it; the next `get_vars()` starts it anew. Resolves once its run has ended; false = not there. */
	stop(name: string): Promise<boolean>;
}
