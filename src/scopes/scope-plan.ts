import type { AdaptedConfig } from '../adapt/adapted-config.ts';
import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { Warning } from '../caddyfile/imports.ts';
import { DEFAULTS } from '../config/defaults.ts';
import type { VisibleFolder } from '../config/mounts.ts';
import type { OptionsHost, ResolvedOptions, ResolvedSidekicks, ResolvedWorker } from '../config/options.ts';
import { resolveVisible } from '../config/resolve-visible.ts';
import type { PhpVersion } from '../config/values.ts';
import { withXdebug } from '../config/xdebug.ts';
import type { PhpDirective } from '../directives/list.ts';
import type { WorkerConfig } from '../directives/php-server/worker.ts';
import {
	type BackgroundPlan,
	type FoundBackgroundWorker,
	planBackground,
	refuseLookalikes,
} from './background-plan.ts';
import { PathFinder } from './path-finder.ts';
import { clusterOf } from './scope-cluster.ts';
import { scopeNames, uniqueName } from './scope-names.ts';
import { findScopes, type ScopeSite } from './scope-root.ts';
import { resolveSidekicks } from './sidekick-plan.ts';
import { fewestThreads, shareThreads, type ThreadShare } from './thread-shares.ts';

/** One scope, ready to be started. */
export interface ScopePlan {
	readonly directive: PhpDirective;
	/** Others that it runs for, which ask for exactly the same. */
	readonly sharedBy: readonly PhpDirective[];
	readonly options: ResolvedOptions;
	/** Workers that answer paths by pattern, whether there is a file or not; indexes into `options.workers`. */
	readonly workerMatches: readonly { readonly patterns: readonly string[]; readonly worker: number }[];
	/** Patterns of files whose change restarts the scope's workers and sidekicks. */
	readonly watch: readonly string[];
}

/** All scopes of a configuration. */
export interface ServerPlan {
	readonly scopes: readonly ScopePlan[];
	/** The one that runs the global background workers, for all others; `undefined` = there are none. */
	readonly global?: ScopePlan;
	/** Threads beyond those that the scopes start with. */
	readonly reserve: number;
	/** What was planned otherwise than it is written. */
	readonly warnings: readonly Warning[];
}

/** What the command line adds to a Caddyfile. */
export interface PlanDefaults {
	readonly phpVersion: PhpVersion;
	/** Variables that PHP sees in every scope. */
	readonly env: Readonly<Record<string, string>>;
	/** Xdebug is loaded, as the Caddyfile can ask for, too. */
	readonly xdebug?: boolean;
	/** The environment of the server, for `env *` and Xdebug. */
	readonly variables?: Readonly<Record<string, string | undefined>>;
	/** Threads that this machine can afford, for `max_threads auto`. */
	readonly mostThreads: number;
}

/**
 * Turns the `php_server` and `php` directives of a configuration into the options of their scopes.
 *
 * @throws CaddyfileError with its position, for a folder or script that is missing and for too few threads
 */
export function planScopes(config: AdaptedConfig, host: OptionsHost, defaults: PlanDefaults): ServerPlan {
	const all = findScopes(config);
	const shared = config.global.frankenphp.workers.map((worker) => findWorker(worker, [host.cwd], new PathFinder(host)));
	const finder = new PathFinder(host);
	const sharedBackground = (config.global.frankenphp.backgroundWorkers ?? []).map((worker) =>
		findBackground(worker, [host.cwd], finder),
	);
	const { found, sites } = shareScopes(all.map((site) => ({ site, scope: lookUp(site, shared, host, defaults) })));
	const names = scopeNames(sites);
	refuseLookalikes(
		sharedBackground,
		sites.map(({ directive }, index) => ({
			name: names[index] as string,
			workers: directive.backgroundWorkers ?? [],
		})),
	);
	for (const worker of shared) refuseLostWorker(worker, found);
	const {
		numThreads,
		maxThreads,
		extensions,
		phpIni,
		xdebug = defaults.xdebug,
		cluster,
		...limits
	} = config.global.frankenphp;
	const workerThreads = found.map(({ workers }) => workers.reduce((sum, { num }) => sum + num, 0));
	const most = maxThreads === 'auto' ? defaults.mostThreads : maxThreads;
	const fewest = fewestThreads(workerThreads);
	// FrankenPHP's threads serve any site; here each belongs to one, which needs one of its own.
	const isRaised = numThreads !== undefined && numThreads < fewest && numThreads > fewest - sites.length;
	const shares = shareThreads(workerThreads, isRaised ? fewest : numThreads, most);
	if (shares === undefined) throw tooFewThreads(sites, workerThreads);
	const warnings: Warning[] = [];
	if (isRaised) {
		const message = `'num_threads' is raised to ${fewest}: those of the workers, and one for each php_server`;
		warnings.push({ position: (sites[0] as ScopeSite).directive.position, message });
	}
	const stopTimeout = config.global.gracePeriod ?? DEFAULTS.stopTimeout;
	const optionsOf = (
		{ directive, root, workers, background, sidekicks, ...seen }: FoundScope,
		name: string,
		share: ThreadShare,
		extra: number,
	): ResolvedOptions => {
		const isInFleet = sidekicks?.shared || background.backgroundWorkers?.some((worker) => worker.shared);
		const options: ResolvedOptions = {
			name,
			root,
			listen: undefined,
			workers,
			...background,
			sidekicks,
			...(isInFleet && { cluster: clusterOf(directive, cluster, host) }),
			threads: share.classic,
			maxThreads: share.classic + share.workers + extra,
			maxWaitTime: limits.maxWaitTime ?? DEFAULTS.maxWaitTime,
			maxIdleTime: limits.maxIdleTime ?? DEFAULTS.maxIdleTime,
			maxRequests: limits.maxRequests ?? DEFAULTS.maxRequests,
			maxThreadMemory: limits.maxThreadMemory ?? DEFAULTS.maxThreadMemory,
			phpVersion: defaults.phpVersion,
			env: {
				...(directive.allEnv && wholeEnvironment(defaults)),
				...defaults.env,
				...withVariables(directive.env, defaults),
			},
			extensions,
			phpIni,
			network: directive.network,
			processes: directive.processes,
			visiblePaths: [...seen.visible],
			visibleFolders: seen.visibleFolders,
			stopTimeout,
		};
		return xdebug === true ? withXdebug(options, defaults.variables ?? {}) : options;
	};
	const global = globalScope(sharedBackground, finder, defaults);
	const globalName = uniqueName('global', new Set(names));
	return {
		reserve: shares.reserve,
		warnings,
		...(global && {
			global: {
				...planOf(global),
				options: { ...optionsOf(global, globalName, { classic: 0, workers: 0 }, 0), isGlobal: true },
			},
		}),
		scopes: found.map((scope, index) => ({
			...planOf(scope),
			options: optionsOf(scope, names[index] as string, shares.scopes[index] as ThreadShare, shares.reserve),
		})),
	};
}

function planOf({ directive, sharedBy, workerMatches, watch }: FoundScope): Omit<ScopePlan, 'options'> {
	return { directive, sharedBy, workerMatches, watch };
}

/**
 * The scope of the global background workers; `undefined` = there are none. A thread has one environment and one set of
 * folders: theirs are those of the server, in the current directory.
 */
function globalScope(
	workers: readonly FoundBackgroundWorker[],
	finder: PathFinder,
	defaults: PlanDefaults,
): FoundScope | undefined {
	const [first] = workers;
	if (first === undefined) return undefined;
	const { position } = first.worker;
	const { splitPath, index } = DEFAULTS;
	return {
		directive: { type: 'php_server', splitPath, index, fileServer: false, env: {}, workers: [], position },
		sharedBy: [],
		root: finder.find('.', 'directory', position, 'the current directory'),
		workers: [],
		workerMatches: [],
		background: planBackground(workers, (env) => withVariables(env, defaults)),
		watch: [...new Set(workers.flatMap(({ worker }) => worker.watch))],
		sidekicks: undefined,
		visible: finder.visible,
		visibleFolders: [],
	};
}

/** Variables that PHP can have: names of the system's own, such as `=C:`, are none. */
function wholeEnvironment({ variables = {} }: PlanDefaults): Record<string, string> {
	const known = Object.entries(variables).filter(([name, value]) => value !== undefined && /^[^=\0]+$/.test(name));
	return Object.fromEntries(known) as Record<string, string>;
}

/** Values of `env` with what `{env.NAME}` in them stands for. */
function withVariables(
	env: Readonly<Record<string, string>>,
	{ variables = {} }: PlanDefaults,
): Record<string, string> {
	return Object.fromEntries(
		Object.entries(env).map(([key, value]) => [
			key,
			value.replace(/\{env\.([^{}]*)\}/g, (_, name: string) => variables[name] ?? ''),
		]),
	);
}

/** A scope whose paths have been found on disk. */
interface FoundScope extends Omit<ScopePlan, 'options'> {
	readonly root: string;
	readonly workers: readonly ResolvedWorker[];
	readonly background: BackgroundPlan;
	readonly sidekicks: ResolvedSidekicks | undefined;
	readonly visible: ReadonlySet<string>;
	readonly visibleFolders: readonly VisibleFolder[];
}

/** A worker and the real path of its script. */
interface FoundWorker {
	readonly worker: WorkerConfig;
	readonly file: string;
}

/**
 * Global workers run once for all sites that ask for exactly the same: the same root and environment, and nothing of their
 * own that runs. A site with another root or environment has them on threads of its own, because a thread has one
 * environment and one set of folders.
 */
function shareScopes(all: readonly { readonly site: ScopeSite; readonly scope: FoundScope }[]): {
	found: readonly FoundScope[];
	sites: readonly ScopeSite[];
} {
	const scopes = new Map<unknown, { site: ScopeSite; scope: FoundScope }>();
	for (const { site, scope } of all) {
		const { directive, visible, sharedBy: _, ...plain } = scope;
		const { env, allEnv, network, processes, name, workers } = directive;
		const isGlobal = workers.length === 0 && directive.backgroundWorkers === undefined;
		const runs = scope.workers.length > 0 || Object.keys(scope.background).length > 0;
		const isShareable = runs && isGlobal && scope.sidekicks === undefined;
		const key = isShareable ? JSON.stringify([plain, [...visible], env, allEnv, network, processes, name]) : directive;
		const known = scopes.get(key);
		if (known === undefined) scopes.set(key, { site, scope });
		else known.scope = { ...known.scope, sharedBy: [...known.scope.sharedBy, directive] };
	}
	const unique = [...scopes.values()];
	return { found: unique.map(({ scope }) => scope), sites: unique.map(({ site }) => site) };
}

/** @param global workers of the global block: they belong to every scope that has their script below its root */
function lookUp(
	{ directive, root }: ScopeSite,
	global: readonly FoundWorker[],
	host: OptionsHost,
	defaults: PlanDefaults,
): FoundScope {
	const finder = new PathFinder(host);
	const folder = finder.find(root ?? '.', 'directory', directive.position, 'the root');
	// Relative to the root of the block, as in FrankenPHP; else to the current directory, or what the root has.
	const bases = directive.root === undefined ? [host.cwd, folder] : [folder];
	const written = [
		...directive.workers.map((worker) => findWorker(worker, bases, finder)),
		...global.filter(({ file }) => isBelow(file, folder)),
	].filter(({ worker, file }, index, all) => {
		// The site's own worker goes before the global one of the same script.
		const isOwn = ({ worker: other, file: script }: FoundWorker): boolean =>
			script === file && other.match.length === 0;
		return worker.match.length > 0 || all.findIndex(isOwn) === index;
	});
	const taken = new Set<string>();
	const own = (directive.backgroundWorkers ?? []).map((worker) => findBackground(worker, bases, finder));
	const watching = [...written, ...own];
	return {
		directive,
		sharedBy: [],
		root: folder,
		workers: written.map(({ worker, file }) => resolveWorker(worker, file, taken, defaults)),
		workerMatches: written.flatMap(({ worker: { match } }, worker) =>
			match.length > 0 ? [{ patterns: match, worker }] : [],
		),
		background: planBackground(own, (env) => withVariables(env, defaults)),
		watch: [...new Set(watching.flatMap(({ worker }) => worker.watch))],
		sidekicks: directive.sidekick && resolveSidekicks(directive.sidekick, finder, [host.cwd, folder]),
		visible: finder.visible,
		visibleFolders: findFolders(directive, host),
	};
}

/** Relative to the current directory. */
function findFolders({ visible = [], position }: PhpDirective, host: OptionsHost): VisibleFolder[] {
	try {
		return resolveVisible(visible, host);
	} catch (error) {
		throw new CaddyfileError('bad_value', position, error instanceof Error ? error.message : String(error));
	}
}

function findWorker(worker: WorkerConfig, bases: readonly string[], finder: PathFinder): FoundWorker {
	return { worker, file: finder.findFile(worker.file, bases, worker.position, 'the worker script') };
}

function findBackground(
	worker: FoundBackgroundWorker['worker'],
	bases: readonly string[],
	finder: PathFinder,
): FoundBackgroundWorker {
	return { worker, file: finder.findFile(worker.file, bases, worker.position, 'the script of the background worker') };
}

function resolveWorker(worker: WorkerConfig, file: string, taken: Set<string>, defaults: PlanDefaults): ResolvedWorker {
	return {
		file,
		num: worker.num || DEFAULTS.workerThreads,
		name: uniqueName(worker.name ?? file, taken),
		env: withVariables(worker.env, defaults),
		maxConsecutiveFailures: worker.maxConsecutiveFailures ?? DEFAULTS.maxConsecutiveFailures,
		...(worker.maxThreads !== undefined && { maxThreads: worker.maxThreads }),
	};
}

function isBelow(file: string, folder: string): boolean {
	return file.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** A worker of the global block answers requests of the sites whose root has its script; elsewhere none could. */
function refuseLostWorker({ worker, file }: FoundWorker, scopes: readonly FoundScope[]): void {
	if (scopes.some(({ root }) => isBelow(file, root))) return;
	throw new CaddyfileError(
		'conflict',
		worker.position,
		`no site has the worker script ${quoteWord(worker.file)} below its root`,
		{ hint: "move the worker into a site's php_server, with 'match' if its script is outside of the root" },
	);
}

function tooFewThreads(sites: readonly ScopeSite[], workers: readonly number[]): CaddyfileError {
	const fewest = fewestThreads(workers);
	return new CaddyfileError('conflict', (sites[0] as ScopeSite).directive.position, `'num_threads' is too small`, {
		expected: `at least ${fewest}: one for each php_server, and those of the workers`,
	});
}
