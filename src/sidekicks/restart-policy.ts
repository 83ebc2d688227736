import { cleanExitDelay, crashDelay, isShort, STABLE_AFTER } from '../time/back-off.ts';
import type { RunOutcome } from './ports.ts';

/** The rules of a scope for the life of a sidekick. */
export type SidekickPolicy = {
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
	/** The same without the start of its thread; 0 = the script never began. */
	ran: number;
	/** From its ready point to its end; undefined = it was not ready. */
	readyFor: number | undefined;
	/** No boot failure: a sidekick has been ready, in this run or before; a background worker was, in this run. */
	wasReady: boolean;
	/** In a row, before this end. */
	failures: number;
	/** Runs that were short, in a row, before this one. */
	shortRuns: number;
};

/** What follows; `failures` and `shortRuns` in a row by now, `delay` in milliseconds until the next start. */
export type AfterRun =
	| { kind: 'stopped' }
	| { kind: 'restart' }
	| { kind: 'exited'; failures: number; shortRuns: number; delay: number }
	| { kind: 'crashed'; failures: number; shortRuns: number; delay: number }
	| { kind: 'givenUp'; failures: number };

/** Decides whether a sidekick is started again after a run, and when. Pure. */
export function afterRun(run: EndedRun, maxConsecutiveFailures: number): AfterRun {
	const { outcome, asked, lasted, readyFor, wasReady, shortRuns } = run;
	if (asked === 'stop') return { kind: 'stopped' };
	if (asked === 'restart') return { kind: 'restart' };
	if (outcome.kind === 'exit' && outcome.status === 0 && wasReady) {
		const failures = readyFor === undefined ? run.failures : 0;
		return { kind: 'exited', failures, shortRuns, delay: cleanExitDelay(lasted) };
	}
	const isForgiven = readyFor !== undefined && readyFor >= STABLE_AFTER;
	const failures = isForgiven ? 1 : run.failures + 1;
	if (!wasReady && maxConsecutiveFailures >= 0 && failures >= maxConsecutiveFailures)
		return { kind: 'givenUp', failures };
	return { kind: 'crashed', failures, shortRuns, delay: crashDelay(failures) };
}

/** The same for a background worker, which is never given up. Pure. */
export function afterWorkerRun(run: EndedRun): AfterRun {
	const { outcome, asked, wasReady } = run;
	if (asked === 'stop') return { kind: 'stopped' };
	if (asked === 'restart') return { kind: 'restart' };
	const shortRuns = isShort(run.ran) ? run.shortRuns + 1 : 0;
	const delay = crashDelay(shortRuns);
	if (!wasReady) return { kind: 'crashed', failures: run.failures + 1, shortRuns, delay };
	const kind = outcome.kind === 'exit' && outcome.status === 0 ? 'exited' : 'crashed';
	return { kind, failures: 0, shortRuns, delay };
}
