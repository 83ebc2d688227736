import type { FramePipe } from '../shared-memory/frame-pipe.ts';

/** A PHP thread as far as requests are concerned. */
export interface RequestThread {
	/** From the thread to the main thread. */
	readonly responsePipe: FramePipe;
	/** From the main thread to the thread. */
	readonly bodyPipe: FramePipe;
}
