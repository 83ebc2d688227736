import type { ResolvedWorker } from '../../config/options.ts';
import type { PhpPort } from '../../http/php-port.ts';
import { type Logger, silentLogger } from '../../log/logger.ts';
import type { ScopePlan } from '../../scopes/scope-plan.ts';
import { workersBelow } from './workers-below.ts';

/** A worker that answers the paths of its patterns. */
export interface MatchedWorker {
	readonly patterns: readonly string[];
	/** Index of the worker. */
	readonly worker: number;
	/** Absolute and real path of its script. */
	readonly script: string;
}

/** The threads behind a directive, running. */
export interface SiteScope {
	readonly gateway: PhpPort;
	/** Absolute and real. */
	readonly root: string;
	/** Path of a script below the root, beginning with '/' → index of its worker. */
	readonly workers: ReadonlyMap<string, number>;
	/** Paths that a worker answers, whether there is a file or not. */
	readonly workerMatches: readonly MatchedWorker[];
	/** Folders that PHP sees beside the root: `X-Sendfile` may name files of them. */
	readonly folders?: readonly string[];
}

/** What a site has to know of a scope. @param gateway to its threads */
export function siteScopeOf({ options, workerMatches }: ScopePlan, gateway: PhpPort): SiteScope {
	const matched = new Set(workerMatches.map(({ worker }) => worker));
	const workers = [...workersBelow(options, silentLogger)];
	return {
		gateway,
		root: options.root,
		folders: options.visiblePaths,
		workers: new Map(workers.filter(([, index]) => !matched.has(index))),
		workerMatches: workerMatches.map(({ patterns, worker }) => ({
			patterns,
			worker,
			script: (options.workers[worker] as ResolvedWorker).file,
		})),
	};
}

/** Warns about the workers of a scope that no request can reach. */
export function warnOfIdleWorkers({ options, workerMatches }: ScopePlan, log: Logger): void {
	const matched = new Set(workerMatches.map(({ worker }) => worker));
	workersBelow({ root: options.root, workers: options.workers.filter((_, index) => !matched.has(index)) }, log);
}
