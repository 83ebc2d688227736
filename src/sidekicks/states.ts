/**
 * - `starting`: has never been ready; it runs, or waits for its next attempt
 * - `ready`: the current run, or one of several, has reached its ready point
 * - `restarting`: was ready in an earlier run; the last snapshot stays readable
 * - `stopping`: asked to end for good
 * - `stopped`, `failed`: over, the name is free again
 */
export type SidekickState = 'starting' | 'ready' | 'restarting' | 'stopping' | 'stopped' | 'failed';

/** From each state, the states that may follow. `stopping` goes back when somebody asks for the sidekick meanwhile. */
export const LEGAL_TRANSITIONS: Readonly<Record<SidekickState, readonly SidekickState[]>> = {
	starting: ['ready', 'failed', 'stopping'],
	ready: ['restarting', 'stopping'],
	restarting: ['ready', 'stopping'],
	stopping: ['stopped', 'starting', 'restarting'],
	stopped: [],
	failed: [],
};

/**
 * Returns `to`, when it may follow `from`.
 * @throws Error when it may not: a bug in this program, never in a PHP script
 */
export function transition(from: SidekickState, to: SidekickState): SidekickState {
	if (!LEGAL_TRANSITIONS[from].includes(to)) throw new Error(`Illegal sidekick transition: ${from} → ${to}.`);
	return to;
}
