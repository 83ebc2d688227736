import type { Logger } from '../log/logger.ts';
import { DEFAULTS } from './defaults.ts';
import { type NetworkOption, type NetworkRules, parseNetwork } from './network-rules.ts';
import { OptionsError } from './options-error.ts';
import { type ProcessesOption, parseProcesses } from './process-rules.ts';
import {
	type ListenAddress,
	type PhpExtension,
	type PhpVersion,
	parseListen,
	parsePhpExtension,
	parsePhpVersion,
	wholeNumber,
} from './values.ts';

/** A worker script and how many threads keep it running. */
export interface WorkerOption {
	file: string;
	/** Threads, ≥ 1. Default: 2. */
	num?: number;
	/** In logs and metrics; unique. Default: the path of the file. */
	name?: string;
	/** Environment variables that only this worker's threads see, beside those of `ServeOptions.env`. */
	env?: Readonly<Record<string, string>>;
}

/** What `serve()` and `igor php-server` accept. Relative paths are relative to the current directory. */
export interface ServeOptions {
	/** The document root. Default: the current directory. */
	root?: string;
	/** `HOST:PORT`, `:PORT`, a port (0 = any free one), or `false` for no socket at all. Default: `127.0.0.1:8080`. */
	listen?: string | number | false;
	/** Scripts that stay in memory and answer the requests that resolve to them. */
	workers?: readonly (string | WorkerOption)[];
	/** The script that is run once per sidekick name. */
	sidekickEntrypoint?: string | undefined;
	/** How many sidekicks may run at the same time. Default: 16. */
	sidekickMax?: number;
	/** Names of sidekicks that may be started, `*` = any characters. Default: every name. */
	sidekickAllow?: readonly string[];
	/** Names of sidekicks that are started with the server, before anybody asks for them. */
	sidekickEager?: readonly string[];
	/** Environment variables that only sidekicks see, beside those of `env`. */
	sidekickEnv?: Readonly<Record<string, string>>;
	/** Threads for classic requests (not served by a worker). Default: 2. */
	threads?: number;
	/**
	 * How many threads may serve requests under load, those of workers included: while requests wait, threads are added.
	 * Default: no more than at the start.
	 */
	maxThreads?: number;
	/** Milliseconds that a request may wait for a thread before it gets a 503; 0 = for ever. Default: 0. */
	maxWaitTime?: number;
	/** Milliseconds without a request after which a thread that was added under load is ended. Default: 5000. */
	maxIdleTime?: number;
	/** Requests after which a thread is replaced by a fresh one, against memory leaks; 0 = never. Default: 0. */
	maxRequests?: number;
	/**
	 * Bytes: a thread that has more memory after a request is replaced by a fresh one, because WebAssembly's memory never
	 * shrinks; 0 = never. Default: 256 MB.
	 */
	maxThreadMemory?: number;
	/** Default: '8.4'. */
	php?: PhpVersion;
	/** Environment variables for PHP. Nothing of the host's environment is visible otherwise. */
	env?: Readonly<Record<string, string>>;
	/** PHP extensions to load beside those that are compiled in. Default: none. */
	extensions?: readonly PhpExtension[];
	/** php.ini directives. */
	phpIni?: Readonly<Record<string, string>>;
	/**
	 * Where PHP may open connections to: `'off'` = nowhere, or a list of HOST:PORT, each of which may be `*`. Default:
	 * anywhere. `{ allow, listen }` also says where it may listen; default: nowhere.
	 */
	network?: NetworkOption;
	/** Programs that PHP may run, by exec() and the like. Not in browsers. Default: none. */
	processes?: ProcessesOption | undefined;
	/** Milliseconds that running requests and sidekicks get to end. Default: 5000. */
	stopTimeout?: number;
	/** The largest snapshot that a sidekick may publish, in bytes of its encoded form. Default: 8 MiB. */
	maxSnapshotSize?: number;
	/** After so many failures in a row a worker or sidekick is given up; -1 = never. Default: 6. */
	maxConsecutiveFailures?: number;
	/** `false` = silent. Default: JSON lines (or coloured text on a terminal) on stderr. */
	log?: Logger | false;
	/** Called when the server cannot go on (e.g. a worker that fails at every start). Default: the error is logged. */
	onFatal?: (error: Error) => void;
}

/** A worker after validation. */
export interface ResolvedWorker {
	/** Absolute and real. */
	readonly file: string;
	readonly num: number;
	/** In logs, metrics and the admin API; unique within the scope. */
	readonly name: string;
	/** Added to the environment of the scope, for this worker's threads. */
	readonly env: Readonly<Record<string, string>>;
	/** -1 = never given up. */
	readonly maxConsecutiveFailures: number;
}

/** The sidekicks of a scope after validation. */
export interface ResolvedSidekicks {
	/** Absolute and real. */
	readonly entrypoint: string;
	readonly max: number;
	/** Patterns of names (`*` = any characters) that may be started; an empty list = every name. */
	readonly allow: readonly string[];
	/** Names that are started with the server. */
	readonly eager: readonly string[];
	/** Added to the environment of the scope, for sidekicks' threads. */
	readonly env: Readonly<Record<string, string>>;
	readonly maxConsecutiveFailures: number;
	/** Milliseconds. */
	readonly stopTimeout: number;
	/** Bytes. */
	readonly maxSnapshotSize: number;
}

/** Options of one scope after validation: every path absolute and real, every default filled in. */
export interface ResolvedOptions {
	/** Of the scope, in logs, metrics and the admin API. */
	name: string;
	root: string;
	/** `undefined` = no socket. */
	listen: ListenAddress | undefined;
	workers: readonly ResolvedWorker[];
	/** `undefined` = not configured. */
	sidekicks: ResolvedSidekicks | undefined;
	/** Threads for classic requests at the start, ≥ 1. */
	threads: number;
	/** How many serving threads (classic and workers) the scope may have under load; at most the number at the start = no more. */
	maxThreads: number;
	/** Milliseconds that a request may wait for a thread before it gets a 503; 0 = for ever. */
	maxWaitTime: number;
	/** Milliseconds without a request after which a thread above the number at the start is ended. */
	maxIdleTime: number;
	/** Requests after which a serving thread is replaced; 0 = never. */
	maxRequests: number;
	/** Bytes that a serving thread may have after a request; above, it is replaced; 0 = never. */
	maxThreadMemory: number;
	phpVersion: PhpVersion;
	env: Readonly<Record<string, string>>;
	extensions: readonly PhpExtension[];
	phpIni: Readonly<Record<string, string>>;
	/** Where PHP may connect to and listen; not there = DEFAULT_NETWORK. */
	network?: NetworkRules | undefined;
	/** Programs that PHP may run; not there = none. */
	processes?: readonly string[] | undefined;
	/** Directories and files that PHP may see, under the same absolute paths: the current directory and every path named. */
	visiblePaths: readonly string[];
	/** Milliseconds that running requests get to end when the server stops. */
	stopTimeout: number;
}

/** The name of a scope without one. */
const DEFAULT_SCOPE = 'default';

/** What the validation needs to know about the host's files. */
export interface OptionsHost {
	/** The current directory, absolute. */
	readonly cwd: string;
	/** Makes a path absolute, relative to `cwd`. */
	resolve(path: string): string;
	/** What is there, and under which real path (symbolic links resolved); `undefined` = nothing, or not readable. */
	look(path: string): { kind: 'file' | 'directory'; realPath: string } | undefined;
}

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
		const { file, num = DEFAULTS.workerThreads, name, env = {} } = typeof entry === 'string' ? { file: entry } : entry;
		const path = existing(file, 'file', host, visible, 'bad_worker', 'The worker script');
		return {
			file: path,
			num: wholeNumber(num, `The number of threads of the worker ${file}`, 1, 'bad_worker'),
			name: name ?? path,
			env: stringRecord(env, 'environment variable'),
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
	return {
		name: DEFAULT_SCOPE,
		root,
		listen: options.listen === false ? undefined : parseListen(options.listen ?? DEFAULTS.listen),
		workers,
		sidekicks: entrypoint === undefined ? undefined : { entrypoint, ...sidekicks },
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
		stopTimeout,
	};
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

function stringRecord(record: Readonly<Record<string, string>>, what: string): Record<string, string> {
	const copy: Record<string, string> = {};
	for (const [key, value] of Object.entries(record)) {
		if (!/^[^=\0]+$/.test(key) || typeof value !== 'string' || value.includes('\0')) {
			throw new OptionsError(
				'bad_key_value',
				`The ${what} '${key}' needs a name without '=' and a value that is text without NUL bytes.`,
			);
		}
		copy[key] = value;
	}
	return copy;
}
