import { CaddyfileError, quoteWord } from '../../caddyfile/errors.ts';
import type { Directive } from '../../caddyfile/parser.ts';
import type { Position } from '../../caddyfile/position.ts';
import { Arguments, keyAndValue, noArguments, onlyArgument, readBlock, texts } from '../../caddyfile/reading.ts';
import { readWholeNumber } from '../../caddyfile/units.ts';
import { nameProblem } from '../../config/background-workers.ts';
import { DEFAULT_WATCH, MOST_THREADS } from './worker.ts';

/** A script that runs beside the requests. Paths are as written. */
export interface BackgroundWorkerConfig {
	readonly file: string;
	/** `undefined` = it runs under every name that nobody declared. */
	readonly name?: string;
	/** Threads; `undefined` = the default. */
	readonly num?: number;
	readonly env: Readonly<Record<string, string>>;
	/** Patterns of files whose change restarts it; an empty list = nothing is watched. */
	readonly watch: readonly string[];
	/** −1 = never given up; `undefined` = the default. */
	readonly maxConsecutiveFailures?: number;
	/** Without a name: how many names it may have at a time; `undefined` = the default. */
	readonly maxNames?: number;
	/** Free threads of other servers of the fleet receive its tasks, too. */
	readonly shared?: true;
	readonly position: Position;
}

/** Whether a `worker` is one: its block says `background`. */
export function isBackgroundWorker({ block }: Directive): boolean {
	return block?.some(({ name }) => name === 'background') ?? false;
}

/**
 * Reads `worker [FILE [NUM|watch]] { background … }`.
 *
 * @throws CaddyfileError
 */
export function readBackgroundWorker(directive: Directive): BackgroundWorkerConfig {
	const args = new Arguments(directive);
	const config: { -readonly [Key in keyof BackgroundWorkerConfig]?: BackgroundWorkerConfig[Key] } = {};
	const lines = new Map<string, Directive>();
	const watch: string[] = [];
	const env = new Map<string, string>();
	const file = args.optional();
	if (file !== undefined) config.file = file.text;
	const second = args.optional();
	args.end();
	if (second?.text === 'watch') watch.push(DEFAULT_WATCH);
	else if (second !== undefined) config.num = readWholeNumber(second, 1, MOST_THREADS);
	const once = (key: keyof typeof config, read: (line: Directive) => void) => (line: Directive) => {
		lines.set(line.name, line);
		if (config[key] !== undefined) {
			throw conflict(line, `${quoteWord(line.name)} stands also in the worker's first line`);
		}
		read(line);
	};
	readBlock(directive, {
		once: {
			background: (line) => void noArguments(line),
			shared: once('shared', (line) => {
				noArguments(line);
				config.shared = true;
			}),
			file: once('file', (line) => {
				config.file = onlyArgument(line, 'the path of a script').text;
			}),
			num: once('num', (line) => {
				config.num = readWholeNumber(onlyArgument(line, 'a number of threads'), 1, MOST_THREADS);
			}),
			name: (line) => {
				const name = onlyArgument(line, 'a name');
				const problem = nameProblem(name.text);
				if (problem !== undefined) {
					throw new CaddyfileError('bad_value', name.position, `a background worker needs a name, and ${problem}`);
				}
				config.name = name.text;
			},
			match: (line) => {
				throw conflict(line, "a background worker has no 'match'", 'it serves no requests; remove the line');
			},
			max_threads: once('maxNames', (line) => {
				config.maxNames = readWholeNumber(onlyArgument(line, 'a number of names'), 1, MOST_THREADS);
			}),
			max_consecutive_failures: (line) => {
				config.maxConsecutiveFailures = readWholeNumber(onlyArgument(line, 'a number, or -1'), -1);
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
	if (!config.file) {
		throw new CaddyfileError('bad_arguments', directive.position, 'this background worker has no script', {
			expected: "'worker FILE', or a block with 'file FILE'",
		});
	}
	refuseMixture(directive, config, lines);
	return { ...config, file: config.file, env: Object.fromEntries(env), watch, position: directive.position };
}

/** `num` is for those with a name, `max_threads` for the one without. */
function refuseMixture(
	directive: Directive,
	{ name, num }: { name?: string; num?: number },
	lines: ReadonlyMap<string, Directive>,
): void {
	const shared = lines.get('shared');
	if (name === undefined && shared !== undefined) {
		throw conflict(shared, "this background worker is 'shared' and has no name", "write 'name NAME'");
	}
	const maxThreads = lines.get('max_threads');
	if (name !== undefined && maxThreads !== undefined) {
		throw conflict(maxThreads, "a background worker with a name has no 'max_threads'", "write 'num'");
	}
	if (name === undefined && num !== undefined) {
		throw new CaddyfileError(
			'conflict',
			lines.get('num')?.position ?? directive.position,
			'this background worker has a number of threads and no name',
			{ hint: "write 'name NAME'; one without a name has one thread for each name that is asked for" },
		);
	}
}

/** @throws CaddyfileError when two have the same name, or none */
export function refuseDuplicateNames(workers: readonly BackgroundWorkerConfig[]): void {
	const names = new Set<string | undefined>();
	for (const { name, position } of workers) {
		if (names.has(name)) {
			const what = name === undefined ? 'have no name' : `have the name ${quoteWord(name)}`;
			throw new CaddyfileError('conflict', position, `two background workers ${what}`, {
				hint: "write one of them, with 'num', or give each a 'name' of its own",
			});
		}
		names.add(name);
	}
}

function conflict(line: Directive, message: string, hint?: string): CaddyfileError {
	return new CaddyfileError('conflict', line.position, message, hint === undefined ? {} : { hint });
}
