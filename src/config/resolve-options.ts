import { resolveBackgroundWorkers } from './background-workers.ts';
import { resolveCluster } from './cluster.ts';
import { DEFAULT_SCOPE, DEFAULTS } from './defaults.ts';
import { parseNetwork } from './network-rules.ts';
import type { OptionsHost, ResolvedOptions, ServeOptions } from './options.ts';
import { OptionsError } from './options-error.ts';
import { parseProcesses } from './process-rules.ts';
import { resolveVisible } from './resolve-visible.ts';
import { stringRecord } from './string-record.ts';
import { parseListen, parsePhpExtension, parsePhpVersion, wholeNumber } from './values.ts';
import { withXdebug } from './xdebug.ts';

/**
 * Validates options and fills in the defaults.
 *
 * @throws OptionsError with one sentence about the first mistake
 */
export function resolveOptions(options: ServeOptions, host: OptionsHost): ResolvedOptions {
	const visible = new Set<string>([host.cwd]);
	const root = existing(options.root ?? '.', 'directory', host, visible, 'bad_root', 'The root');
	const maxConsecutiveFailures = wholeNumber(
		options.maxConsecutiveFailures ?? DEFAULTS.maxConsecutiveFailures,
		'The maximum of consecutive failures',
		-1,
	);
	const stopTimeout = wholeNumber(options.stopTimeout ?? DEFAULTS.stopTimeout, 'The stop timeout (milliseconds)', 0);
	const workers = (options.workers ?? []).map((entry) => {
		const {
			file,
			num = DEFAULTS.workerThreads,
			name,
			env = {},
			maxThreads,
		} = typeof entry === 'string' ? { file: entry } : entry;
		const path = existing(file, 'file', host, visible, 'bad_worker', 'The worker script');
		return {
			file: path,
			num: wholeNumber(num, `The number of threads of the worker ${file}`, 1, 'bad_worker'),
			name: name ?? path,
			env: stringRecord(env, 'environment variable'),
			...(maxThreads !== undefined && { maxThreads: wholeNumber(maxThreads, 'maxThreads of a worker', num) }),
			maxConsecutiveFailures,
		};
	});
	const twice = workers.find((worker, index) => workers.findIndex((other) => other.file === worker.file) !== index);
	if (twice) {
		throw new OptionsError(
			'bad_worker',
			`The worker script ${twice.file} is named twice; name it once, with a number.`,
		);
	}
	const sameName = workers.find((worker, index) => workers.findIndex((other) => other.name === worker.name) !== index);
	if (sameName) {
		throw new OptionsError('bad_worker', `Two workers have the name '${sameName.name}'; give each its own.`);
	}
	const findFile = (path: string, what: string) => existing(path, 'file', host, visible, 'bad_background_worker', what);
	const backgroundWorkers = resolveBackgroundWorkers(options.backgroundWorkers ?? [], maxConsecutiveFailures, findFile);
	const threads = wholeNumber(options.threads ?? DEFAULTS.threads, 'The number of threads', 1);
	const atStart = workers.reduce((sum, { num }) => sum + num, threads);
	const sidekicks = {
		max: wholeNumber(options.sidekickMax ?? DEFAULTS.maxSidekicks, 'The maximum number of sidekicks', 1),
		allow: [...(options.sidekickAllow ?? [])],
		eager: [...(options.sidekickEager ?? [])],
		env: stringRecord(options.sidekickEnv ?? {}, 'environment variable'),
		maxConsecutiveFailures,
		stopTimeout,
		maxSnapshotSize: wholeNumber(
			options.maxSnapshotSize ?? DEFAULTS.maxSnapshotSize,
			'The maximum snapshot size (bytes)',
			1,
		),
	};
	const shared = options.sidekickShared ?? [];
	if (shared.length > 0 && options.cluster === undefined) {
		throw new OptionsError(
			'bad_cluster',
			'Shared sidekicks need a fleet; add the option "cluster" with the address of its NATS server, or leave out "sidekickShared".',
		);
	}
	const sharesTasks = backgroundWorkers.some((worker) => worker.shared);
	if (sharesTasks && options.cluster === undefined) {
		throw new OptionsError(
			'bad_cluster',
			'Shared background workers need a fleet; add the option "cluster" with the address of its NATS server, or leave out "shared".',
		);
	}
	const cluster = options.cluster && resolveCluster(options.cluster, (path) => host.resolve(path));
	const entrypoint =
		options.sidekickEntrypoint === undefined
			? undefined
			: existing(
					options.sidekickEntrypoint,
					'file',
					host,
					visible,
					'bad_sidekick_entrypoint',
					'The sidekick entrypoint',
				);
	const resolved: ResolvedOptions = {
		name: DEFAULT_SCOPE,
		root,
		listen: options.listen === false ? undefined : parseListen(options.listen ?? DEFAULTS.listen),
		workers,
		...(backgroundWorkers.length > 0 && { backgroundWorkers }),
		sidekicks:
			entrypoint === undefined
				? undefined
				: { entrypoint, ...sidekicks, ...(shared.length > 0 && { shared: [...shared] }) },
		...((shared.length > 0 || sharesTasks) && { cluster }),
		threads,
		maxThreads: Math.max(atStart, wholeNumber(options.maxThreads ?? atStart, 'The maximum number of threads', 1)),
		maxWaitTime: wholeNumber(options.maxWaitTime ?? DEFAULTS.maxWaitTime, 'The maximum wait time (milliseconds)', 0),
		maxIdleTime: wholeNumber(options.maxIdleTime ?? DEFAULTS.maxIdleTime, 'The maximum idle time (milliseconds)', 0),
		maxRequests: wholeNumber(options.maxRequests ?? DEFAULTS.maxRequests, 'The maximum of requests', 0),
		maxThreadMemory: wholeNumber(
			options.maxThreadMemory ?? DEFAULTS.maxThreadMemory,
			'The maximum memory of a thread (bytes)',
			0,
		),
		phpVersion: parsePhpVersion(options.php ?? DEFAULTS.phpVersion),
		env: stringRecord(options.env ?? {}, 'environment variable'),
		extensions: [...new Set((options.extensions ?? []).map(parsePhpExtension))],
		phpIni: stringRecord(options.phpIni ?? {}, 'php.ini directive'),
		network: parseNetwork(options.network),
		processes: parseProcesses(options.processes),
		visiblePaths: [...visible],
		visibleFolders: options.visible && resolveVisible(options.visible, host),
		stopTimeout,
	};
	return options.xdebug === true ? withXdebug(resolved, host.variables ?? {}) : resolved;
}

/** The real path of something that must exist; records the name and the real path as visible to PHP. */
function existing(
	path: string,
	kind: 'file' | 'directory',
	host: OptionsHost,
	visible: Set<string>,
	code: OptionsError['code'],
	what: string,
): string {
	if (typeof path !== 'string' || path === '') {
		throw new OptionsError(code, `${what} has an empty path; name a ${kind}.`);
	}
	const absolute = host.resolve(path);
	const found = host.look(absolute);
	if (found === undefined) {
		throw new OptionsError(code, `${what} ${absolute} does not exist or cannot be read; check the path.`);
	}
	if (found.kind !== kind) {
		throw new OptionsError(code, `${what} ${absolute} is a ${found.kind}; name a ${kind}.`);
	}
	visible.add(absolute);
	visible.add(found.realPath);
	return found.realPath;
}
