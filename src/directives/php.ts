import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { Directive } from '../caddyfile/parser.ts';
import {
	Arguments,
	type BlockRules,
	keyAndValue,
	noArguments,
	noBlock,
	onlyArgument,
	readBlock,
	someArguments,
} from '../caddyfile/reading.ts';
import { readBoolean, readDuration } from '../caddyfile/units.ts';
import { DEFAULTS } from '../config/defaults.ts';
import type { VisibleOption } from '../config/mounts.ts';
import type { NetworkRules } from '../config/network-rules.ts';
import {
	type BackgroundWorkerConfig,
	isBackgroundWorker,
	readBackgroundWorker,
	refuseDuplicateNames,
} from './php-server/background-worker.ts';
import { readNetwork } from './php-server/network.ts';
import { readProcesses } from './php-server/processes.ts';
import { readSidekick, type SidekickConfig } from './php-server/sidekick-block.ts';
import { readVisible } from './php-server/visible.ts';
import { readWorker, refuseDuplicateWorkers, type WorkerConfig } from './php-server/worker.ts';

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
	/** Of the scope: `{env.NAME}` is the only placeholder there. */
	readonly env: Readonly<Record<string, string>>;
	/** What has another value for each request; `undefined` = nothing has. */
	readonly requestEnv?: Readonly<Record<string, string>>;
	/** PHP sees the whole environment of the server; what `env` names wins. */
	readonly allEnv?: boolean;
	/** Milliseconds that the body of a request may take to arrive; `undefined` = the default. */
	readonly requestBodyTimeout?: number;
	readonly workers: readonly WorkerConfig[];
	/** `undefined` = there are none. */
	readonly backgroundWorkers?: readonly BackgroundWorkerConfig[];
	readonly sidekick?: SidekickConfig;
	/** Where PHP may connect to and listen; `undefined` = the default. */
	readonly network?: NetworkRules;
	/** Programs that PHP may run; `undefined` = none. */
	readonly processes?: readonly string[];
	/** Further folders that PHP sees. */
	readonly visible?: readonly VisibleOption[];
}

/** `php [MATCHER] { … }`, FrankenPHP's: runs the script that the path names, and nothing else. */
export interface Php extends PhpConfig {
	readonly type: 'php';
}

/** @throws CaddyfileError */
export function readPhp(directive: Directive): Php {
	new Arguments(directive).end();
	const lines = new PhpLines();
	readBlock(directive, lines.rules);
	return { type: 'php', ...lines.finish() };
}

/** Collects the lines that the blocks of `php` and `php_server` have in common, while they are read. */
export class PhpLines {
	readonly #env = new Map<string, string>();
	readonly #workers: WorkerConfig[] = [];
	readonly #background: BackgroundWorkerConfig[] = [];
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
			env: (line) => {
				if (line.args.length !== 1 || line.args[0]?.text !== '*') keyAndValue(line, this.#env);
				else this.#config.allEnv = noArguments({ ...line, args: [] });
			},
			visible: (line) => {
				this.#config.visible = [...(this.#config.visible ?? []), ...readVisible(line)];
			},
			worker: (line) => {
				if (isBackgroundWorker(line)) this.#background.push(readBackgroundWorker(line));
				else this.#workers.push(readWorker(line, 'site'));
			},
		},
		unsupported: { hot_reload: "remove it; 'watch' in a worker restarts workers when a file changes" },
	};

	/** Once every line has been read. */
	finish(): PhpConfig {
		refuseDuplicateWorkers(this.#workers);
		refuseDuplicateNames(this.#background);
		const sidekick = readSidekick(this.#entrypoint, this.#sidekick);
		const ofRequest = [...this.#env].filter(([, value]) => dependsOnRequest(value));
		const ofScope = [...this.#env].filter(([, value]) => !dependsOnRequest(value));
		return {
			...this.#config,
			splitPath: this.#splitPath ?? DEFAULTS.splitPath,
			env: Object.fromEntries(ofScope),
			...(ofRequest.length > 0 && { requestEnv: Object.fromEntries(ofRequest) }),
			workers: this.#workers,
			...(this.#background.length > 0 && { backgroundWorkers: this.#background }),
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

/** Whether there is a placeholder in it, other than `{env.NAME}`. */
function dependsOnRequest(value: string): boolean {
	return /(?<!\\)\{(?!env\.)[A-Za-z_][^\s{}"\\]*\}/.test(value);
}
