import { DEFAULTS } from '../config/defaults.ts';

/** What a scope starts with: threads for classic requests, and those of its workers. */
export interface ThreadShare {
	readonly classic: number;
	readonly workers: number;
}

/** Threads of all scopes together. */
export interface ThreadShares {
	/** In the order of the scopes. */
	readonly scopes: readonly ThreadShare[];
	/** How many more may be started under load, whichever scope needs them. */
	readonly reserve: number;
}

/**
 * Divides `num_threads` among scopes: first each worker gets its own, then what is left serves classic requests, at
 * least one thread in each scope. Each thread belongs to one scope: its environment and folders are the scope's.
 *
 * @param workers threads of the workers of each scope
 * @param numThreads `undefined` = the default
 * @param maxThreads `undefined` = as many as there are at the start
 * @returns `undefined` when `numThreads` is too small; {@link fewestThreads} says what is needed
 */
export function shareThreads(
	workers: readonly number[],
	numThreads: number | undefined,
	maxThreads: number | undefined,
): ThreadShares | undefined {
	const total = numThreads ?? sum(workers) + workers.length * DEFAULTS.threads;
	if (total < fewestThreads(workers)) return undefined;
	const classic = total - sum(workers);
	const scopes = workers.map((own, index) => ({
		workers: own,
		classic: Math.floor(classic / workers.length) + (index < classic % workers.length ? 1 : 0),
	}));
	return { scopes, reserve: Math.max(0, (maxThreads ?? total) - total) };
}

/** The least `num_threads` for scopes with so many worker threads each. */
export function fewestThreads(workers: readonly number[]): number {
	return sum(workers) + workers.length;
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}
