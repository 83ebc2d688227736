import type { Stats } from 'node:fs';

/** One moment, for what is known of the disk in it. */
export interface Moment {
	/** A path that is a file, without links: what was looked at last. */
	file: string | undefined;
	/** What it is. */
	stat: Stats | undefined;
}

let now: Moment | undefined;

/**
 * Runs what is one moment to a client, such as the start of an answer: the same folder is not looked at twice in it. Nobody
 * can tell what has changed meanwhile from what changes right afterwards. Synchronous; main thread only.
 */
export function inOneMoment(run: () => void): void {
	const before = now;
	now = { file: undefined, stat: undefined };
	try {
		run();
	} finally {
		now = before;
	}
}

/** Undefined = everything is looked at anew. */
export function theMoment(): Moment | undefined {
	return now;
}
