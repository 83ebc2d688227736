import type { ResolvedWorker } from '../config/options.ts';
import type { PhpGateway } from '../http/php-gateway.ts';
import type { ScopePlan } from '../scopes/scope-plan.ts';
import type { SiteScope } from './site-php.ts';

/** What a site has to know of a scope. @param gateway to its threads */
export function siteScopeOf({ options, workerMatches }: ScopePlan, gateway: PhpGateway): SiteScope {
	const matched = new Set(workerMatches.map(({ worker }) => worker));
	return {
		gateway,
		root: options.root,
		folders: options.visiblePaths,
		workers: new Map(
			options.workers.flatMap(({ file }, index) => {
				const path = matched.has(index) ? undefined : pathBelow(options.root, file);
				return path === undefined ? [] : [[path, index] as const];
			}),
		),
		workerMatches: workerMatches.map(({ patterns, worker }) => ({
			patterns,
			worker,
			script: (options.workers[worker] as ResolvedWorker).file,
		})),
	};
}

/** The path of a file below a folder, beginning with '/'; `undefined` = it is elsewhere. Both are real paths. */
function pathBelow(folder: string, file: string): string | undefined {
	const prefix = folder === '/' ? '' : folder;
	return file.startsWith(`${prefix}/`) ? file.slice(prefix.length) : undefined;
}
