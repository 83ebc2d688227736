import type { Command } from 'commander';
import { DEFAULTS } from '../config/defaults.ts';
import { PHP_EXTENSIONS, PHP_VERSIONS, type PhpExtension, type PhpVersion, wholeNumber } from '../config/values.ts';
import {
	extensions,
	keyValues,
	listenRules,
	mounts,
	networkOption,
	networkRules,
	programs,
	size,
	workers,
} from './collect.ts';
import { endAfter, serverSignals } from './signals.ts';

/** Milliseconds: running requests and sidekicks get the stop timeout one after the other; the rest is for a busy machine. */
const STOP_LIMIT = 2 * DEFAULTS.stopTimeout + 10_000;

interface Flags {
	root: string;
	listen: string;
	worker?: { file: string; num?: number }[];
	sidekickEntrypoint?: string;
	sidekickMax: number;
	threads: number;
	maxThreadMemory: number;
	php: PhpVersion;
	env?: Record<string, string>;
	ext?: PhpExtension[];
	phpIni?: Record<string, string>;
	network?: 'off' | readonly string[];
	networkListen?: readonly string[];
	allowProcess?: string[];
	mount?: string[];
}

/** Adds `igor php-server`. */
export function addPhpServer(program: Command, finish: (status: number) => void): void {
	program
		.command('php-server')
		.description('Serve a PHP application')
		.option('-r, --root <dir>', 'document root', '.')
		.option('-l, --listen <host:port>', 'address to listen on; port 0 takes any free one', DEFAULTS.listen)
		.option(
			'-w, --worker <file[,num]>',
			`keep this script in memory on NUM threads (repeatable; NUM: ${DEFAULTS.workerThreads})`,
			workers,
		)
		.option('--sidekick-entrypoint <file>', 'script that is run once for each sidekick')
		.option(
			'--sidekick-max <n>',
			'how many sidekicks may run',
			(n) => wholeNumber(n, '--sidekick-max', 1),
			DEFAULTS.maxSidekicks,
		)
		.option(
			'--threads <n>',
			'threads for requests without a worker',
			(n) => wholeNumber(n, '--threads', 1),
			DEFAULTS.threads,
		)
		.option(
			'--max-thread-memory <size>',
			'a thread that is larger after a request is replaced (0: never)',
			(text) => size(text, '--max-thread-memory'),
			DEFAULTS.maxThreadMemory,
		)
		.option('--php <version>', `PHP version: ${PHP_VERSIONS.join(', ')}`, DEFAULTS.phpVersion)
		.option('--env <key=value>', 'environment variable for PHP (repeatable)', keyValues('--env'))
		.option('--ext <name>', `load this PHP extension (repeatable): ${PHP_EXTENSIONS.join(', ')}`, extensions)
		.option('--php-ini <key=value>', 'php.ini directive (repeatable)', keyValues('--php-ini'))
		.option('--network <off|host:port>', 'where PHP may connect to (repeatable; default: anywhere)', networkRules)
		.option('--network-listen <address:port>', 'where PHP may listen (repeatable; default: nowhere)', listenRules)
		.option('--allow-process <name>', 'a program that PHP may run, or * (repeatable; default: none)', programs)
		.option('--mount <host[:php][:ro]>', 'a further folder that PHP sees (repeatable; ro: read-only)', mounts)
		.action(async (flags: Flags) => finish(await serveUntilStopped(flags)));
}

async function serveUntilStopped({
	worker = [],
	ext = [],
	allowProcess: allow = [],
	mount = [],
	...flags
}: Flags): Promise<number> {
	// Before anything starts: a signal during the start must not leave it half done.
	const stopped = serverSignals();
	let fail: (status: number) => void = () => {};
	const failed = new Promise<number>((resolve) => {
		fail = resolve;
	});
	// Loaded here, so that --help and version do not wait for it.
	const { serve } = await import('../index.ts');
	const starting = serve({
		...flags,
		network: networkOption(flags),
		workers: worker,
		extensions: ext,
		processes: { allow },
		visible: mount,
		onFatal: () => fail(1),
	});
	const server = await Promise.race([starting, stopped]);
	// Stopped before it was ready: nobody is served yet, so there is nothing to finish. Threads end with the process.
	if (typeof server === 'number') process.exit(server);
	process.stdout.write(`Listening on ${server.url}\n`);
	const status = await Promise.race([stopped, failed]);
	endAfter(STOP_LIMIT);
	await server.close();
	return status;
}
