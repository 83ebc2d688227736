import type { Logger } from '../log/logger.ts';
import { OptionsError } from './options-error.ts';
import { type ListenAddress, type PhpVersion, parseListen, parsePhpVersion, wholeNumber } from './values.ts';

/** A worker script and how many threads keep it running. */
export interface WorkerOption {
	file: string;
	/** Threads, ≥ 1. Default: 2. */
	num?: number;
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
	/** Threads for classic requests (not served by a worker). Default: 2. */
	threads?: number;
	/** Default: '8.4'. */
	php?: PhpVersion;
	/** Environment variables for PHP. Nothing of the host's environment is visible otherwise. */
	env?: Readonly<Record<string, string>>;
	/** php.ini directives. */
	phpIni?: Readonly<Record<string, string>>;
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

/** Options after validation: every path absolute and real, every default filled in. */
export interface ResolvedOptions {
	root: string;
	/** `undefined` = no socket. */
	listen: ListenAddress | undefined;
	workers: readonly { readonly file: string; readonly num: number }[];
	sidekickEntrypoint: string | undefined;
	sidekickMax: number;
	threads: number;
	phpVersion: PhpVersion;
	env: Readonly<Record<string, string>>;
	phpIni: Readonly<Record<string, string>>;
	/** Directories and files that PHP may see, under the same absolute paths: the current directory and every path named. */
	visiblePaths: readonly string[];
	/** Milliseconds. */
	stopTimeout: number;
	/** Bytes. */
	maxSnapshotSize: number;
	maxConsecutiveFailures: number;
}

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
	const workers = (options.workers ?? []).map((entry) => {
		const { file, num = 2 } = typeof entry === 'string' ? { file: entry } : entry;
		return {
			file: existing(file, 'file', host, visible, 'bad_worker', 'The worker script'),
			num: wholeNumber(num, `The number of threads of the worker ${file}`, 1, 'bad_worker'),
		};
	});
	const twice = workers.find((worker, index) => workers.findIndex((other) => other.file === worker.file) !== index);
	if (twice) {
		throw new OptionsError(
			'bad_worker',
			`The worker script ${twice.file} is named twice; name it once, with a number.`,
		);
	}
	const entrypoint = options.sidekickEntrypoint;
	return {
		root,
		listen: options.listen === false ? undefined : parseListen(options.listen ?? '127.0.0.1:8080'),
		workers,
		sidekickEntrypoint:
			entrypoint === undefined
				? undefined
				: existing(entrypoint, 'file', host, visible, 'bad_sidekick_entrypoint', 'The sidekick entrypoint'),
		sidekickMax: wholeNumber(options.sidekickMax ?? 16, 'The maximum number of sidekicks', 1),
		threads: wholeNumber(options.threads ?? 2, 'The number of threads', 1),
		phpVersion: parsePhpVersion(options.php ?? '8.4'),
		env: stringRecord(options.env ?? {}, 'environment variable'),
		phpIni: stringRecord(options.phpIni ?? {}, 'php.ini directive'),
		visiblePaths: [...visible],
		stopTimeout: wholeNumber(options.stopTimeout ?? 5000, 'The stop timeout (milliseconds)', 0),
		maxSnapshotSize: wholeNumber(options.maxSnapshotSize ?? 8 * 1024 * 1024, 'The maximum snapshot size (bytes)', 1),
		maxConsecutiveFailures: wholeNumber(options.maxConsecutiveFailures ?? 6, 'The maximum of consecutive failures', -1),
	};
}

/** The real path of something that has to be there; notes the name and the real path as visible to PHP. */
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
