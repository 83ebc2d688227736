import { cleanExitDelay, crashDelay, STABLE_AFTER } from './back-off.ts';
import type { RunOutcome } from './ports.ts';

/** The rules of a scope for the life of a sidekick. */
export type SidekickPolicy = {
	/** Boot failures in a row before it is given up; -1 = never. */
	maxConsecutiveFailures: number;
	/** Milliseconds between the stop flag and the termination of the thread. */
	stopTimeout: number;
};

/** A run that is over, as far as it matters for what follows. Times in milliseconds. */
export type EndedRun = {
	outcome: RunOutcome;
	/** What its end was asked for with, if it was. */
	asked: 'restart' | 'stop' | undefined;
	/** From its start to its end. */
	lasted: number;
	/** From its first publication to its end; undefined = it has not published. */
	readyFor: number | undefined;
	/** The sidekick has published, in this run or before. */
	everReady: boolean;
	/** In a row, before this end. */
	failures: number;
};

/** What follows; `failures` in a row by now, `delay` in milliseconds until the next start. */
export type AfterRun =
	| { kind: 'stopped' }
	| { kind: 'restart' }
	| { kind: 'exited'; failures: number; delay: number }
	| { kind: 'crashed'; failures: number; delay: number }
	| { kind: 'givenUp'; failures: number };

/** Decides whether a sidekick is started again after a run, and when. Pure. */
export function afterRun(run: EndedRun, { maxConsecutiveFailures }: SidekickPolicy): AfterRun {
	const { outcome, asked, lasted, readyFor, everReady } = run;
	if (asked === 'stop') return { kind: 'stopped' };
	if (asked === 'restart') return { kind: 'restart' };
	if (outcome.kind === 'exit' && outcome.status === 0 && everReady) {
		return { kind: 'exited', failures: readyFor === undefined ? run.failures : 0, delay: cleanExitDelay(lasted) };
	}
	const isForgiven = readyFor !== undefined && readyFor >= STABLE_AFTER;
	const failures = isForgiven ? 1 : run.failures + 1;
	if (!everReady && maxConsecutiveFailures >= 0 && failures >= maxConsecutiveFailures)
		return { kind: 'givenUp', failures };
	return { kind: 'crashed', failures, delay: crashDelay(failures) };
}
