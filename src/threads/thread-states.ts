/** The life of a PHP thread as the main thread sees it. */
export type ThreadState = 'booting' | 'idle' | 'busy' | 'ended';

const LEGAL: Record<ThreadState, readonly ThreadState[]> = {
	booting: ['idle', 'ended'],
	/** Booted, without a role: a spare. */
	idle: ['busy', 'ended'],
	/** In a role. */
	busy: ['idle', 'ended'],
	ended: [],
};

/** Checks a transition. @throws Error when it is not legal: a defect of the caller. */
export function transition(from: ThreadState, to: ThreadState): ThreadState {
	if (!LEGAL[from].includes(to)) throw new Error(`A PHP thread cannot go from ${from} to ${to}.`);
	return to;
}
