import type { FramePipe } from '../shared-memory/frame-pipe.ts';

/** What a lost thread leaves behind: the ticket that it has taken last, or wanted to, and the request it has begun last. */
export type Abandoned = { ticket: number; request: number };

/** A PHP thread as far as requests are concerned. */
export interface RequestThread {
	/** From the thread to the main thread. */
	readonly responsePipe: FramePipe;
	/** From the main thread to the thread. */
	readonly bodyPipe: FramePipe;
}
