import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import { DEFAULTS } from '../config/defaults.ts';
import type { ResolvedBackgroundWorker, ResolvedCatchAll } from '../config/options.ts';
import type { BackgroundWorkerConfig } from '../directives/php-server/background-worker.ts';

/** The background workers of a scope, in the options of the scope. */
export interface BackgroundPlan {
	readonly backgroundWorkers?: readonly ResolvedBackgroundWorker[];
	readonly backgroundCatchAll?: ResolvedCatchAll;
}

/** A background worker and the real path of its script. */
export interface FoundBackgroundWorker {
	readonly worker: BackgroundWorkerConfig;
	readonly file: string;
}

/**
 * The background workers of one scope, or of the global block.
 *
 * @param withVariables puts in what placeholders in `env` stand for
 */
export function planBackground(
	all: readonly FoundBackgroundWorker[],
	withVariables: (env: Readonly<Record<string, string>>) => Readonly<Record<string, string>>,
): BackgroundPlan {
	const common = ({ worker, file }: FoundBackgroundWorker) => ({
		file,
		env: withVariables(worker.env),
		maxConsecutiveFailures: worker.maxConsecutiveFailures ?? DEFAULTS.maxConsecutiveFailures,
	});
	const backgroundWorkers = all.flatMap((found) => {
		const { name, num = DEFAULTS.backgroundThreads, shared } = found.worker;
		return name === undefined ? [] : [{ name, num, ...common(found), ...(shared && { shared }) }];
	});
	const catchAll = all.find(({ worker }) => worker.name === undefined);
	const max = catchAll?.worker.maxNames ?? DEFAULTS.catchAllNames;
	return {
		...(backgroundWorkers.length > 0 && { backgroundWorkers }),
		...(catchAll && { backgroundCatchAll: { ...common(catchAll), max } }),
	};
}

/**
 * `SERVER:NAME` is what metrics call the worker NAME of a scope when its name is taken: a global one must not read like it.
 *
 * @param scopes the name of each scope, with its own background workers
 * @throws CaddyfileError
 */
export function refuseLookalikes(
	global: readonly FoundBackgroundWorker[],
	scopes: readonly { readonly name: string; readonly workers: readonly BackgroundWorkerConfig[] }[],
): void {
	const scoped = new Set(scopes.flatMap(({ name, workers }) => workers.map((worker) => `${name}:${worker.name}`)));
	for (const { worker } of global) {
		if (worker.name === undefined || !scoped.has(worker.name)) continue;
		const message = `the global background worker ${quoteWord(worker.name)} has the name of one in a php_server`;
		throw new CaddyfileError('conflict', worker.position, message, { hint: 'give it another name' });
	}
}
