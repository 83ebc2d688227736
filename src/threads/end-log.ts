import { DEFAULTS } from '../config/defaults.ts';
import type { Logger } from '../log/logger.ts';
import { describeEnd, type RunEnd } from './serving-run.ts';

/** After more runs in a row that never served, the log says what is wrong, and no longer tells of each. */
const MOST_VAIN_RUNS = DEFAULTS.maxConsecutiveFailures;
/** After so many in a row that ended with their first request, too. */
const MOST_SHORT_RUNS = 5;

/** What it needs of a run. */
export interface EndedRun {
	readonly isReady: boolean;
	readonly thread: { readonly id: number; readonly cell: { readonly requests: number } };
}

/**
 * Writes into the log how runs of a pool have ended, one line each. Of a worker that never gets to its loop, or has none,
 * there is one warning instead. Main thread only.
 */
export class EndLog {
	readonly #label: string;
	readonly #log: Logger;
	/** Runs in a row that have ended before they were ready, and why the last one did. */
	#early = { count: 0, reason: '' };
	/** Runs in a row that have ended of their own accord after one request. */
	#short = 0;

	/** @param label of the pool, for people */
	constructor(label: string, log: Logger) {
		this.#label = label;
		this.#log = log;
	}

	/** Each further failure for the same reason is a detail: there was a warning. */
	get isQuiet(): boolean {
		return this.#early.count > MOST_VAIN_RUNS;
	}

	/** A run has become ready: whatever was wrong is mended. */
	ready(): void {
		this.#early = { count: 0, reason: '' };
	}

	/** A run has ended unasked, and its place starts the next one. */
	ended(run: EndedRun, end: RunEnd): void {
		const reason = describeEnd(end);
		const level = run.isReady ? this.#afterLoop(run, end) : this.#beforeLoop(reason);
		this.#log[level](`${this.#label} ended and is started again: ${reason}`, { thread: run.thread.id });
	}

	/** A worker script may end by itself: after a number of requests, or by exit(). */
	#afterLoop({ thread }: EndedRun, { outcome }: RunEnd): 'debug' | 'warn' {
		const isClean = outcome.kind === 'exit' && outcome.status === 0;
		this.#short = isClean && thread.cell.requests <= 1 ? this.#short + 1 : 0;
		if (this.#short === MOST_SHORT_RUNS) this.#log.warn(this.#withoutLoop(), { event: 'returns' });
		return isClean ? 'debug' : 'warn';
	}

	#beforeLoop(reason: string): 'debug' | 'warn' {
		const { count, reason: former } = this.#early;
		const wasTold = this.isQuiet && reason === former;
		this.#early = { count: count + 1, reason };
		if (wasTold || !this.isQuiet) return wasTold ? 'debug' : 'warn';
		this.#log.warn(this.#neverReady(reason), { event: 'boot-loop' });
		return 'debug';
	}

	#withoutLoop(): string {
		return (
			`${this.#label} ends after each request, and is started again for the next one, which costs more than to go on: ` +
			'keep it in a loop, while (frankenphp_handle_request($handler)), and let the handler return: exit() ends the script'
		);
	}

	#neverReady(reason: string): string {
		return (
			`${this.#label} has ended ${this.#early.count} times in a row before its first frankenphp_handle_request(): ${reason}${adviceFor(reason)}. ` +
			'Correct the script, or what it needs; further ends like this one are at level debug'
		);
	}
}

/** What to do about a worker script that ended before its loop, unless PHP's error says it. @param reason of describeEnd() */
export function adviceFor(reason: string): string {
	return reason === 'exit status 0'
		? '; a worker script answers in a loop: while (frankenphp_handle_request($handler))'
		: '';
}
