import type { Logger } from '../log/logger.ts';
import type { ClusterOption, ResolvedCluster } from './cluster.ts';
import type { VisibleFolder, VisibleOption } from './mounts.ts';
import type { NetworkOption, NetworkRules } from './network-rules.ts';
import type { ProcessesOption } from './process-rules.ts';
import type { ListenAddress, PhpExtension, PhpVersion } from './values.ts';

/** A worker script and how many threads keep it running. */
export interface WorkerOption {
	file: string;
	/** Threads, ≥ 1. Default: 2. */
	num?: number;
	/** Threads that it may have under load, ≥ `num`. Default: as many as `ServeOptions.maxThreads` leaves. */
	maxThreads?: number;
	/** In logs and metrics; unique. Default: the path of the file. */
	name?: string;
	/** Environment variables that only this worker's threads see, beside those of `ServeOptions.env`. */
	env?: Readonly<Record<string, string>>;
}

/** A script that runs beside the requests, and publishes variables for them. */
export interface BackgroundWorkerOption {
	/** What readers call it; unique. */
	name: string;
	file: string;
	/** Threads, ≥ 1, on top of all others. Default: 1. */
	num?: number;
	/** Environment variables that only its threads see, beside those of `ServeOptions.env`. */
	env?: Readonly<Record<string, string>>;
	/** Free threads of other servers in the fleet of `cluster` receive its tasks, too. Default: false. */
	shared?: boolean;
}

/** What `serve()` and `igor php-server` accept. Relative paths are relative to the current directory. */
export interface ServeOptions {
	/** The document root. Default: the current directory. */
	root?: string;
	/** `HOST:PORT`, `:PORT`, a port (0 = any free one), or `false` for no socket at all. Default: `127.0.0.1:8080`. */
	listen?: string | number | false;
	/** Scripts that stay in memory and answer the requests that resolve to them. */
	workers?: readonly (string | WorkerOption)[];
	/** Scripts that run beside the requests, from the start of the server to its end. */
	backgroundWorkers?: readonly BackgroundWorkerOption[];
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
	/** Names of sidekicks that run once in the fleet of `cluster`, `*` = any characters. Default: none. */
	sidekickShared?: readonly string[];
	/** The fleet that this server belongs to. Not in browsers. Default: none. */
	cluster?: ClusterOption | undefined;
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
	/** Responses are compressed for clients that take it: zstd, brotli or gzip. Default: false. */
	compress?: boolean;
	/** Default: '8.4'. */
	php?: PhpVersion;
	/** Environment variables for PHP. Nothing of the host's environment is visible otherwise. */
	env?: Readonly<Record<string, string>>;
	/** PHP extensions to load beside those that are compiled in. Default: none. */
	extensions?: readonly PhpExtension[];
	/**
	 * Loads Xdebug and has it connect to the editor with each request, as its `XDEBUG_*` variables in the environment of this
	 * process and `phpIni` say; PHP may connect there whatever `network` says. Not in browsers. Default: false.
	 */
	xdebug?: boolean;
	/** php.ini directives. */
	phpIni?: Readonly<Record<string, string>>;
	/**
	 * Where PHP may open connections to: `'off'` = nowhere, or a list of HOST:PORT, each of which may be `*`. Default:
	 * anywhere. `{ allow, listen }` also says where it may listen; default: nowhere.
	 */
	network?: NetworkOption;
	/** Programs that PHP may run, by exec() and the like. Not in browsers. Default: none. */
	processes?: ProcessesOption | undefined;
	/** Further folders that PHP sees, as `HOST[:PHP][:ro]`. Not in browsers. Default: none. */
	visible?: readonly VisibleOption[];
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
	/** Threads under load, at most; `undefined` = as many as the scope has. */
	readonly maxThreads?: number;
}

/** A background worker after validation. */
export interface ResolvedBackgroundWorker {
	/** Unique within the scope. */
	readonly name: string;
	/** Absolute and real. */
	readonly file: string;
	/** Threads, on top of all others. */
	readonly num: number;
	/** Added to the environment of the scope, for its threads. */
	readonly env: Readonly<Record<string, string>>;
	/** Boot failures in a row after which the start fails; -1 = never. */
	readonly maxConsecutiveFailures: number;
	/** Other servers of the fleet receive its tasks, too. */
	readonly shared?: true;
}

/** The background worker for names that nobody declared; `max` = how many of them at a time. */
export type ResolvedCatchAll = Omit<ResolvedBackgroundWorker, 'name' | 'num' | 'shared'> & { readonly max: number };

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
	/** Patterns of names that run once in the fleet; not there = none. */
	readonly shared?: readonly string[];
}

/** Options of one scope after validation: every path absolute and real, every default filled in. */
export interface ResolvedOptions {
	/** Of the scope, in logs, metrics and the admin API. */
	name: string;
	root: string;
	/** `undefined` = no socket. */
	listen: ListenAddress | undefined;
	workers: readonly ResolvedWorker[];
	/** Not there = none. */
	backgroundWorkers?: readonly ResolvedBackgroundWorker[];
	/** Not there = names that nobody declared are unknown. */
	backgroundCatchAll?: ResolvedCatchAll | undefined;
	/** It runs nothing but the background workers of all scopes of its server; then it has no threads for requests. */
	isGlobal?: true;
	/** `undefined` = not configured. */
	sidekicks: ResolvedSidekicks | undefined;
	/** The fleet whose engine shared sidekicks and tasks need; not there = nothing is shared. */
	cluster?: ResolvedCluster | undefined;
	/** Threads for classic requests at the start, ≥ 1 unless it is global. */
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
	/** Further folders; not there = none. */
	visibleFolders?: readonly VisibleFolder[] | undefined;
	/** Milliseconds that running requests get to end when the server stops. */
	stopTimeout: number;
}

/** What the validation needs to know about the host's files. */
export interface OptionsHost {
	/** The current directory, absolute. */
	readonly cwd: string;
	/** The environment of this process; missing = it has none. */
	readonly variables?: Readonly<Record<string, string | undefined>>;
	/** Makes a path absolute, relative to `cwd`. */
	resolve(path: string): string;
	/** What is there, and under which real path (symbolic links resolved); `undefined` = nothing, or not readable. */
	look(path: string): { kind: 'file' | 'directory'; realPath: string } | undefined;
}
