import type { NetworkRules } from '../config/network-rules.ts';
import { CaddyfileError, quoteWord } from './errors.ts';
import { readNetwork } from './network.ts';
import type { Directive } from './parser.ts';
import { readProcesses } from './processes.ts';
import { Arguments, type BlockRules, keyAndValue, noBlock, onlyArgument, readBlock, someArguments } from './reading.ts';
import { readSidekick, type SidekickConfig } from './sidekick-block.ts';
import { readBoolean, readChoice, readDuration } from './units.ts';
import { readWorker, refuseDuplicateWorkers, type WorkerConfig } from './worker.ts';

/** What `php` and `php_server` have in common. Paths are as written. */
export interface PhpConfig {
	/** `undefined` = the site's `root`. */
	readonly root?: string;
	/** Endings of PHP files in a path, such as `.php`; what follows one is PATH_INFO. */
	readonly splitPath: readonly string[];
	/** `undefined` = the default. */
	readonly resolveRootSymlink?: boolean;
	/** Of the scope, in logs and metrics. */
	readonly name?: string;
	readonly env: Readonly<Record<string, string>>;
	/** Milliseconds that the body of a request may take to arrive; `undefined` = the default. */
	readonly requestBodyTimeout?: number;
	readonly workers: readonly WorkerConfig[];
	readonly sidekick?: SidekickConfig;
	/** Where PHP may connect to and listen; `undefined` = the default. */
	readonly network?: NetworkRules;
	/** Programs that PHP may run; `undefined` = none. */
	readonly processes?: readonly string[];
}

/** `php_server`: PHP, its front controller and the static files beside it. */
export interface PhpServerConfig extends PhpConfig {
	/** `false` = only PHP answers. */
	readonly fileServer: boolean;
	/** The script for folders and for what is no file; 'off' = none. */
	readonly index: string;
	/** `undefined` = the path itself, the index in it as a folder, the index in the root. */
	readonly tryFiles?: readonly string[];
}

/** Collects the lines of the block while they are read. */
class PhpLines {
	readonly #env = new Map<string, string>();
	readonly #workers: WorkerConfig[] = [];
	#config: { -readonly [Key in keyof PhpConfig]?: PhpConfig[Key] } = {};
	#splitPath: string[] | undefined;
	#sidekick: Directive | undefined;
	#entrypoint: Directive | undefined;

	readonly rules: BlockRules = {
		once: {
			root: (line) => {
				this.#config.root = onlyArgument(line, 'a folder').text;
			},
			split_path: (line) => this.#readSplitPath(line),
			split: (line) => this.#readSplitPath(line),
			resolve_root_symlink: (line) => {
				noBlock(line);
				const args = new Arguments(line);
				const value = args.optional();
				args.end();
				this.#config.resolveRootSymlink = value ? readBoolean(value) : true;
			},
			name: (line) => {
				this.#config.name = onlyArgument(line, 'a name').text;
			},
			request_body_timeout: (line) => {
				this.#config.requestBodyTimeout = readDuration(onlyArgument(line, 'a duration'));
			},
			sidekick_entrypoint: (line) => {
				this.#entrypoint = line;
			},
			network: (line) => {
				this.#config.network = readNetwork(line);
			},
			processes: (line) => {
				this.#config.processes = readProcesses(line);
			},
			sidekick: (line) => {
				this.#sidekick = line;
			},
		},
		often: {
			env: (line) => keyAndValue(line, this.#env),
			worker: (line) => this.#workers.push(readWorker(line, 'site')),
		},
		unsupported: ['hot_reload'],
	};

	/** When every line has been read. */
	finish(): PhpConfig {
		refuseDuplicateWorkers(this.#workers);
		const sidekick = readSidekick(this.#entrypoint, this.#sidekick);
		return {
			...this.#config,
			splitPath: this.#splitPath ?? ['.php'],
			env: Object.fromEntries(this.#env),
			workers: this.#workers,
			...(sidekick && { sidekick }),
		};
	}

	#readSplitPath(line: Directive): void {
		if (this.#splitPath) throw new CaddyfileError('conflict', line.position, "'split' and 'split_path' are the same");
		this.#splitPath = someArguments(line, 'endings such as .php');
		for (const [index, ending] of this.#splitPath.entries()) {
			if (ending.length > 1 && ending.startsWith('.')) continue;
			throw new CaddyfileError('bad_value', line.args[index]!.position, `${quoteWord(ending)} is no ending`, {
				expected: 'something like .php',
			});
		}
	}
}

/** Reads `php { … }`, whose matcher has been taken. @throws CaddyfileError */
export function readPhp(directive: Directive): PhpConfig {
	new Arguments(directive).end();
	const lines = new PhpLines();
	readBlock(directive, lines.rules);
	return lines.finish();
}

/** Reads `php_server { … }`, whose matcher has been taken. @throws CaddyfileError */
export function readPhpServer(directive: Directive): PhpServerConfig {
	new Arguments(directive).end();
	const lines = new PhpLines();
	let fileServer = true;
	let index = 'index.php';
	let tryFiles: string[] | undefined;
	readBlock(directive, {
		...lines.rules,
		once: {
			...lines.rules.once,
			file_server: (line) => {
				readChoice(onlyArgument(line, "'off'"), ['off']);
				fileServer = false;
			},
			index: (line) => {
				index = onlyArgument(line, "the name of a script, or 'off'").text;
			},
			try_files: (line) => {
				tryFiles = someArguments(line, 'files');
			},
		},
	});
	return { ...lines.finish(), fileServer, index, ...(tryFiles && { tryFiles }) };
}
