import { CaddyfileError, quoteWord } from '../../caddyfile/errors.ts';
import type { Directive } from '../../caddyfile/parser.ts';
import type { Position } from '../../caddyfile/position.ts';
import { Arguments, keyAndValue, onlyArgument, readBlock, someArguments, texts } from '../../caddyfile/reading.ts';
import { readWholeNumber } from '../../caddyfile/units.ts';
import { DEFAULTS } from '../../config/defaults.ts';

/** What FrankenPHP watches when `watch` names nothing. */
export const DEFAULT_WATCH = './**/*.{env,php,twig,yaml,yml}';

/** A script that stays in memory. Paths are as written. */
export interface WorkerConfig {
	readonly file: string;
	/** Threads; `undefined` = the default. */
	readonly num?: number;
	readonly name?: string;
	readonly env: Readonly<Record<string, string>>;
	/** Patterns of files whose change restarts it; an empty list = nothing is watched. */
	readonly watch: readonly string[];
	/** Threads that it may have under load; `undefined` = as many as there are. */
	readonly maxThreads?: number;
	/** Paths that it answers, whether there is a file or not; an empty list = the path of its file. */
	readonly match: readonly string[];
	/** −1 = never given up; `undefined` = the default. */
	readonly maxConsecutiveFailures?: number;
	readonly position: Position;
}

/** More than any machine can run. */
export const MOST_THREADS = 65_535;

/**
 * Reads `worker FILE [NUM|watch]`, with or without a block, or `worker { file FILE … }`.
 *
 * @param where a worker of the global `frankenphp` has no `match`
 * @throws CaddyfileError
 */
export function readWorker(directive: Directive, where: 'site' | 'global'): WorkerConfig {
	const args = new Arguments(directive);
	let file = args.optional()?.text;
	const second = args.optional();
	args.end();
	const watch: string[] = second?.text === 'watch' ? [DEFAULT_WATCH] : [];
	let num = second && second.text !== 'watch' ? readWholeNumber(second, 0, MOST_THREADS) : undefined;
	let name: string | undefined;
	let match: string[] = [];
	let maxConsecutiveFailures: number | undefined;
	let maxThreads: number | undefined;
	let maxThreadsLine: Directive | undefined;
	const env = new Map<string, string>();
	readBlock(directive, {
		once: {
			file: (line) => {
				if (file !== undefined) throw twice(line);
				file = onlyArgument(line, 'the path of a script').text;
			},
			num: (line) => {
				if (num !== undefined) throw twice(line);
				num = readWholeNumber(onlyArgument(line, 'a number of threads'), 0, MOST_THREADS);
			},
			name: (line) => {
				name = onlyArgument(line, 'a name').text;
			},
			match: (line) => {
				match = someArguments(line, 'paths such as /api/*');
				if (where === 'site') return;
				throw new CaddyfileError('conflict', line.position, "a global worker has no 'match'", {
					hint: "move the worker into a site's php_server",
				});
			},
			max_threads: (line) => {
				maxThreads = readWholeNumber(onlyArgument(line, 'a number of threads'), 0, MOST_THREADS) || undefined;
				maxThreadsLine = line;
			},
			max_consecutive_failures: (line) => {
				maxConsecutiveFailures = readWholeNumber(onlyArgument(line, 'a number, or -1'), -1);
			},
		},
		often: {
			env: (line) => keyAndValue(line, env),
			watch: (line) => {
				const patterns = texts(new Arguments(line).rest());
				watch.push(...(patterns.length > 0 ? patterns : [DEFAULT_WATCH]));
			},
		},
	});
	if (maxThreadsLine && maxThreads !== undefined && maxThreads < (num || DEFAULTS.workerThreads)) {
		throw new CaddyfileError('conflict', maxThreadsLine.position, "'max_threads' is less than the worker starts with", {
			expected: `at least ${num || DEFAULTS.workerThreads}`,
		});
	}
	if (!file) {
		throw new CaddyfileError('bad_arguments', directive.position, 'this worker has no script', {
			expected: "'worker FILE', or a block with 'file FILE'",
		});
	}
	return {
		file,
		...(num !== undefined && { num }),
		...(name !== undefined && { name }),
		env: Object.fromEntries(env),
		watch,
		match,
		...(maxConsecutiveFailures !== undefined && { maxConsecutiveFailures }),
		...(maxThreads !== undefined && { maxThreads }),
		position: directive.position,
	};
}

/** @throws CaddyfileError when two workers without `match` run the same script */
export function refuseDuplicateWorkers(workers: readonly WorkerConfig[]): void {
	const files = new Set<string>();
	for (const { file, match, position } of workers) {
		if (match.length > 0) continue;
		if (files.has(file)) {
			throw new CaddyfileError('conflict', position, `two workers run ${quoteWord(file)}`, {
				hint: "write one of them, with 'num', or tell them apart by 'match'",
			});
		}
		files.add(file);
	}
}

function twice(line: Directive): CaddyfileError {
	return new CaddyfileError(
		'conflict',
		line.position,
		`${quoteWord(line.name)} stands also in the worker's first line`,
	);
}
