import { CaddyfileError } from '../caddyfile/errors.ts';
import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, keyAndValue, noArguments, onlyArgument, readBlock } from '../caddyfile/reading.ts';
import { readDuration, readSize, readWholeNumber } from '../caddyfile/units.ts';
import { PHP_EXTENSIONS, type PhpExtension } from '../config/values.ts';
import {
	type BackgroundWorkerConfig,
	isBackgroundWorker,
	readBackgroundWorker,
	refuseDuplicateNames,
} from '../directives/php-server/background-worker.ts';
import {
	MOST_THREADS,
	readWorker,
	refuseDuplicateWorkers,
	type WorkerConfig,
} from '../directives/php-server/worker.ts';
import { type ClusterConfig, readCluster } from './cluster-option.ts';

/** The global `frankenphp { … }`. What is missing has Igor's default. */
export interface FrankenPhpOptions {
	readonly numThreads?: number;
	readonly maxThreads?: number | 'auto';
	/** Milliseconds that a request may wait for a thread; `undefined` or 0 = for ever. */
	readonly maxWaitTime?: number;
	/** Milliseconds after which an idle thread above `numThreads` is stopped. */
	readonly maxIdleTime?: number;
	/** Requests after which a thread is replaced; `undefined` or 0 = never. */
	readonly maxRequests?: number;
	/** Bytes of memory that a thread may have after a request before it is replaced; 0 = any amount. */
	readonly maxThreadMemory?: number;
	/** PHP extensions to load beside those that are compiled in. */
	readonly extensions: readonly PhpExtension[];
	readonly phpIni: Readonly<Record<string, string>>;
	/** Xdebug is loaded, and connects to the editor. */
	readonly xdebug?: boolean;
	/** The fleet that this server belongs to; `undefined` = none. */
	readonly cluster?: ClusterConfig;
	readonly workers: readonly WorkerConfig[];
	/** `undefined` = there are none. */
	readonly backgroundWorkers?: readonly BackgroundWorkerConfig[];
}

/** @throws CaddyfileError */
export function readFrankenPhp(directive: Directive): FrankenPhpOptions {
	new Arguments(directive).end();
	const options: { -readonly [Key in keyof FrankenPhpOptions]?: FrankenPhpOptions[Key] } = {};
	const extensions = new Set<PhpExtension>();
	const phpIni = new Map<string, string>();
	const workers: WorkerConfig[] = [];
	const background: BackgroundWorkerConfig[] = [];
	let maxThreadsLine: Directive | undefined;
	readBlock(directive, {
		once: {
			num_threads: (line) => {
				options.numThreads = readWholeNumber(onlyArgument(line, 'a number of threads'), 1, MOST_THREADS);
			},
			max_threads: (line) => {
				maxThreadsLine = line;
				const most = onlyArgument(line, "a number of threads, or 'auto'");
				options.maxThreads = most.text === 'auto' ? 'auto' : readWholeNumber(most, 1, MOST_THREADS);
			},
			max_wait_time: (line) => {
				options.maxWaitTime = readDuration(onlyArgument(line, 'a duration'));
			},
			max_idle_time: (line) => {
				options.maxIdleTime = readDuration(onlyArgument(line, 'a duration'));
			},
			max_requests: (line) => {
				options.maxRequests = readWholeNumber(onlyArgument(line, 'a number of requests'), 0);
			},
			max_thread_memory: (line) => {
				options.maxThreadMemory = readSize(onlyArgument(line, 'a size'));
			},
			cluster: (line) => {
				options.cluster = readCluster(line);
			},
			xdebug: (line) => {
				options.xdebug = noArguments(line);
			},
		},
		often: {
			extension: (line) => extensions.add(readExtension(line)),
			php_ini: (line) => readPhpIni(line, phpIni),
			worker: (line) => {
				if (isBackgroundWorker(line)) background.push(readBackgroundWorker(line));
				else workers.push(readWorker(line, 'global'));
			},
		},
	});
	const { numThreads, maxThreads } = options;
	if (maxThreadsLine && numThreads !== undefined && typeof maxThreads === 'number' && maxThreads < numThreads) {
		throw new CaddyfileError('conflict', maxThreadsLine.position, "'max_threads' is less than 'num_threads'", {
			expected: `at least ${numThreads}`,
		});
	}
	refuseDuplicateWorkers(workers);
	refuseDuplicateNames(background);
	refuseShared(background);
	return {
		...options,
		extensions: [...extensions],
		phpIni: Object.fromEntries(phpIni),
		workers,
		...(background.length > 0 && { backgroundWorkers: background }),
	};
}

/** `extension redis`. */
function readExtension(line: Directive): PhpExtension {
	const name = onlyArgument(line, 'the name of a PHP extension');
	const known = PHP_EXTENSIONS.find((extension) => extension === name.text);
	if (known !== undefined) return known;
	throw new CaddyfileError('bad_value', name.position, `there is no PHP extension '${name.text}'`, {
		expected: `one of ${PHP_EXTENSIONS.join(', ')}; everything else is compiled in, or not available`,
	});
}

/** `php_ini KEY VALUE`, or a block of such lines. */
function readPhpIni(line: Directive, values: Map<string, string>): void {
	if (!line.block) {
		keyAndValue(line, values);
		return;
	}
	new Arguments(line).end();
	for (const { name, ...each } of line.block) {
		if (each.args.length !== 1) {
			throw new CaddyfileError('bad_arguments', each.position, `the php.ini directive '${name}' needs one value`);
		}
		const key = {
			text: name,
			kind: 'word',
			quoted: true,
			startsLine: true,
			position: each.position,
			scope: '',
		} as const;
		keyAndValue({ ...each, name: line.name, args: [key, ...each.args] }, values);
	}
}

/** Scopes meet across servers by the name of their php_server. @throws CaddyfileError */
function refuseShared(workers: readonly BackgroundWorkerConfig[]): void {
	for (const { shared, position } of workers) {
		if (shared === undefined) continue;
		throw new CaddyfileError('conflict', position, "a global background worker cannot be 'shared'", {
			hint: "move it into a php_server with a 'name'; servers of the fleet share what the php_server of this name has",
		});
	}
}
