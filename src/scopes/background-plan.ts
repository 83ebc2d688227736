import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { Warning } from '../caddyfile/imports.ts';
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
 * Those of the scope, and behind them those of the global block whose names are not taken.
 *
 * @param withVariables puts in what placeholders in `env` stand for
 */
export function planBackground(
	own: readonly FoundBackgroundWorker[],
	global: readonly FoundBackgroundWorker[],
	withVariables: (env: Readonly<Record<string, string>>) => Readonly<Record<string, string>>,
): BackgroundPlan {
	const taken = new Set(own.map(({ worker }) => worker.name));
	const all = [...own, ...global.filter(({ worker }) => !taken.has(worker.name))];
	const common = ({ worker, file }: FoundBackgroundWorker) => ({
		file,
		env: withVariables(worker.env),
		maxConsecutiveFailures: worker.maxConsecutiveFailures ?? DEFAULTS.maxConsecutiveFailures,
	});
	const backgroundWorkers = all.flatMap((found) => {
		const { name, num = DEFAULTS.backgroundThreads } = found.worker;
		return name === undefined ? [] : [{ name, num, ...common(found) }];
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

/**
 * In FrankenPHP a global background worker runs once; here in each scope, because a thread belongs to one.
 *
 * @param scopes those of each scope
 */
export function warnOfCopies(global: readonly FoundBackgroundWorker[], scopes: readonly BackgroundPlan[]): Warning[] {
	return global.flatMap(({ worker: { name, position }, file }) => {
		const copies = scopes.filter(({ backgroundWorkers: workers = [] }) =>
			workers.some((worker) => worker.name === name && worker.file === file),
		).length;
		if (name === undefined || copies < 2) return [];
		const message = `the global background worker ${quoteWord(name)} runs ${copies} times, once in each php_server: a thread belongs to one`;
		return [{ position, message }];
	});
}
