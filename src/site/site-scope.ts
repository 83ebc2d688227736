import type { ResolvedWorker } from '../config/options.ts';
import type { PhpGateway } from '../http/php-gateway.ts';
import { silentLogger } from '../log/logger.ts';
import type { ScopePlan } from '../scopes/scope-plan.ts';
import type { SiteScope } from './site-php.ts';
import { workersBelow } from './workers-below.ts';

/** What a site has to know of a scope. @param gateway to its threads */
export function siteScopeOf({ options, workerMatches }: ScopePlan, gateway: PhpGateway): SiteScope {
	const matched = new Set(workerMatches.map(({ worker }) => worker));
	// Each site that is compiled asks, so whoever plans scopes has to say what is wrong with one.
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
