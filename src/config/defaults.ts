import type { PhpVersion } from './values.ts';

const VALUES = {
	phpVersion: '8.4' as PhpVersion,
	/** `HOST:PORT` of `igor php-server` and `serve()`. */
	listen: '127.0.0.1:8080',
	/** Caddy's ports, for sites that name none. */
	httpPort: 80,
	httpsPort: 443,
	/** Of the admin API; Caddy's. */
	adminHost: 'localhost',
	adminPort: 2019,
	/** Endings of PHP files in a path. */
	splitPath: ['.php'] as readonly string[],
	/** The script for folders and for paths without a file. */
	index: 'index.php',
	/** Files that stand for a folder in `file_server`; Caddy's. */
	fileIndex: ['index.html', 'index.txt'] as readonly string[],
	/** Milliseconds that PHP waits for the next piece of a request's body; FrankenPHP's. */
	requestBodyTimeout: 60_000,
	/** Threads for classic requests, in each scope. */
	threads: 2,
	/** Threads of one worker. */
	workerThreads: 2,
	/** Threads of one background worker. */
	backgroundThreads: 1,
	/** How many names a background worker without a name may serve at a time. */
	catchAllNames: 16,
	/** Milliseconds that a request may wait for a thread; 0 = for ever. */
	maxWaitTime: 0,
	/** Milliseconds without a request after which a thread that was added under load is ended; FrankenPHP's. */
	maxIdleTime: 5000,
	/** Requests after which a thread is replaced; 0 = never. */
	maxRequests: 0,
	/** Bytes that a thread may have after a request; above, it is replaced. */
	maxThreadMemory: 256_000_000,
	/** Milliseconds that running requests and sidekicks get to end. */
	stopTimeout: 5000,
	/** How many sidekicks of a scope may run at the same time. */
	maxSidekicks: 16,
	/** Bytes of a snapshot's encoded form. */
	maxSnapshotSize: 8 * 1024 * 1024,
	/** Failures in a row after which a worker or sidekick is given up. */
	maxConsecutiveFailures: 6,
	/** Which fleet a server belongs to. */
	clusterName: 'igor',
	/** Of a fleet's data in its engine. */
	clusterReplicas: 1,
	/** Milliseconds that a server of a fleet which does not answer keeps a sidekick. */
	clusterLease: 5000,
};

/**
 * What applies where nothing is said: in a Caddyfile, in the options of `serve()` and on the command line. Code and
 * `--help` take their numbers from here; a test compares the pages of docs/, the JSDoc of `ServeOptions` and the stubs with it.
 */
export const DEFAULTS: Readonly<typeof VALUES> = VALUES;

/** The name of a scope outside of a Caddyfile. */
export const DEFAULT_SCOPE = 'default';

/** Where the admin API listens, as a Caddyfile would say it. */
export const DEFAULT_ADMIN_ADDRESS = `${DEFAULTS.adminHost}:${DEFAULTS.adminPort}`;
