import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { DEFAULTS } from '../config/defaults.ts';
import type { ServeOptions } from '../config/options.ts';
import { OptionsError } from '../config/options-error.ts';
import {
	PHP_EXTENSIONS,
	PHP_VERSIONS,
	type PhpExtension,
	type PhpVersion,
	parseListen,
	parsePhpVersion,
	wholeNumber,
} from '../config/values.ts';
import { DEFAULT_WATCH } from '../directives/php-server/worker.ts';
import { ListenError } from '../http/listen-error.ts';
import type { ServerConfig } from '../platform/node/server/server-config.ts';
import { type ConfigContext, contextWith, ownEnvironment, XDEBUG } from './config-file.ts';
import { phpServerCaddyfile } from './php-server-site.ts';
import {
	type BackgroundWorkerFlag,
	backgroundWorkers,
	extensions,
	hostName,
	keyValues,
	listenRules,
	mounts,
	networkOption,
	networkRules,
	programs,
	size,
	texts,
	workers,
} from './repeated-options.ts';
import { serveConfig } from './run-command.ts';
import { endAfter, serverSignals } from './signals.ts';
import { tellStarted, withPatience } from './start-up-lines.ts';

/** Milliseconds: running requests and sidekicks get the stop timeout one after the other; the rest is for a busy machine. */
const STOP_LIMIT = 2 * DEFAULTS.stopTimeout + 10_000;

interface Flags {
	root: string;
	listen?: string;
	worker?: { file: string; num?: number }[];
	backgroundWorker?: BackgroundWorkerFlag[];
	sidekickEntrypoint?: string;
	sidekickMax: number;
	sidekickShared?: string[];
	cluster?: string[];
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
	domain?: string;
	accessLog?: boolean;
	debug?: boolean;
	compress: boolean;
	watch?: string[];
	envAll?: boolean;
	xdebug?: boolean;
}

/** Adds `igor php-server`. */
export function addPhpServer(program: Command, finish: (status: number) => void): void {
	program
		.command('php-server')
		.description('Serve a PHP application')
		.option('-r, --root <dir>', 'document root', '.')
		.option(
			'-l, --listen <host:port>',
			`address to listen on; port 0 takes any free one (default: ${DEFAULTS.listen}, with --domain the ports of HTTP and HTTPS)`,
		)
		.option('-d, --domain <name>', 'serve this host name, by HTTPS', hostName)
		.option('-a, --access-log', 'log every request')
		.option('-v, --debug', 'log details')
		.option('--no-compress', 'do not compress responses')
		.addOption(
			new Option('--watch [pattern]', 'restart workers when these files change (repeatable)')
				.preset(DEFAULT_WATCH)
				.argParser((pattern: string, before: string[] = []) => [...before, pattern]),
		)
		.option('--env-all', 'PHP sees the whole environment of this command')
		.option(
			'-w, --worker <file[,num]>',
			`keep this script in memory on NUM threads (repeatable; NUM: ${DEFAULTS.workerThreads})`,
			workers,
		)
		.option(
			'--background-worker <name=file[,num]>',
			`run this script beside the requests (repeatable; NUM: ${DEFAULTS.backgroundThreads})`,
			backgroundWorkers,
		)
		.option('--sidekick-entrypoint <file>', 'script that is run once for each sidekick')
		.option(
			'--sidekick-max <n>',
			'how many sidekicks may run',
			(n) => wholeNumber(n, '--sidekick-max', 1),
			DEFAULTS.maxSidekicks,
		)
		.option('--sidekick-shared <pattern>', 'sidekicks that run once in the fleet of --cluster (repeatable)', texts)
		.option('--cluster <nats://host:port>', 'a NATS server of the fleet (repeatable)', texts)
		.option(
			'--threads <n>',
			'threads for requests without a worker',
			(n) => wholeNumber(n, '--threads', 1),
			DEFAULTS.threads,
		)
		.addOption(
			new Option('--max-thread-memory <size>', 'a thread that is larger after a request is replaced (0: never)')
				.default(DEFAULTS.maxThreadMemory, `${DEFAULTS.maxThreadMemory / 1_000_000}MB`)
				.argParser((text) => size(text, '--max-thread-memory')),
		)
		.option('--php <version>', `PHP version: ${PHP_VERSIONS.join(', ')}`, DEFAULTS.phpVersion)
		.option('--env <key=value>', 'environment variable for PHP (repeatable)', keyValues('--env'))
		.option('--ext <name>', `load this PHP extension (repeatable): ${PHP_EXTENSIONS.join(', ')}`, extensions)
		.option('--xdebug', XDEBUG)
		.option('--php-ini <key=value>', 'php.ini directive (repeatable)', keyValues('--php-ini'))
		.option('--network <off|host:port>', 'where PHP may connect to (repeatable; default: anywhere)', networkRules)
		.option('--network-listen <address:port>', 'where PHP may listen (repeatable; default: nowhere)', listenRules)
		.option('--allow-process <name>', 'a program that PHP may run, or * (repeatable; default: none)', programs)
		.option('--mount <host[:php][:ro]>', 'a further folder that PHP sees (repeatable; ro: read-only)', mounts)
		.action(async (flags: Flags) => finish(await serveUntilStopped(flags)));
}

async function serveUntilStopped({
	worker = [],
	backgroundWorker = [],
	ext = [],
	allowProcess: allow = [],
	mount = [],
	...flags
}: Flags): Promise<number> {
	const { domain, accessLog = false, watch, compress, debug, listen, envAll, cluster, ...common } = flags;
	if ((cluster === undefined) !== (flags.sidekickShared === undefined)) {
		throw new OptionsError(
			'bad_cluster',
			'--cluster and --sidekick-shared need each other: where the fleet meets, and what it shares.',
		);
	}
	if (watch !== undefined && worker.length + backgroundWorker.length === 0) {
		throw new OptionsError(
			'bad_worker',
			'--watch restarts workers, with their sidekicks, and there is no --worker or --background-worker; other scripts are read anew anyway.',
		);
	}
	const env = { ...(envAll && ownEnvironment()), ...flags.env };
	if (domain !== undefined || accessLog || watch !== undefined) {
		const signal = serverSignals();
		const [config, context] = await siteConfig({
			...flags,
			worker,
			backgroundWorker,
			ext,
			allowProcess: allow,
			mount,
			env,
		});
		return serveConfig(config, context, signal);
	}
	// Before anything starts: a signal during the start must not leave it half done.
	const stopped = serverSignals();
	let fail: (status: number) => void = () => {};
	const failed = new Promise<number>((resolve) => {
		fail = resolve;
	});
	// Loaded here, so that --help and version do not wait for it.
	const [{ serve }, { createPinoLogger }, { resolveOptions }, { createOptionsHost }] = await Promise.all([
		import('../index.ts'),
		import('../platform/node/operations/pino-logger.ts'),
		import('../config/resolve-options.ts'),
		import('../platform/node/config/node-options-host.ts'),
	]);
	const options: ServeOptions = {
		...common,
		env,
		compress,
		...(listen !== undefined && { listen }),
		...(debug && { log: createPinoLogger('debug') }),
		network: networkOption(flags),
		workers: worker,
		backgroundWorkers: backgroundWorker,
		extensions: ext,
		processes: { allow },
		visible: mount,
		cluster: cluster && { servers: cluster },
		onFatal: () => fail(1),
	};
	const server = await withPatience(Promise.race([serve(options).catch(nameOption), stopped]));
	// Stopped before it was ready: nobody is served yet, so there is nothing to finish. Threads end with the process.
	if (typeof server === 'number') process.exit(server);
	tellStarted([server.url as string], () => ({
		scopes: [resolveOptions(options, createOptionsHost())],
		admin: undefined,
	}));
	const status = await Promise.race([stopped, failed]);
	endAfter(STOP_LIMIT);
	await server.close();
	return status;
}

/** Says of an address that cannot be used which option names another. */
function nameOption(error: unknown): never {
	throw error instanceof ListenError ? new ListenError(error.address, error.reason, '--listen HOST:PORT') : error;
}

/** The same as a site of a Caddyfile, which can have names, certificates, an access log and watched files. */
async function siteConfig(flags: Flags): Promise<[ServerConfig, ConfigContext]> {
	const { domain, listen, accessLog = false, debug = false, watch = [], ext = [], phpIni = {} } = flags;
	const { worker = [], backgroundWorker = [] } = flags;
	const [{ readServerConfig }, { createCaddyfileHost }] = await Promise.all([
		import('../platform/node/server/server-config.ts'),
		import('../platform/node/config/caddyfile-host.ts'),
	]);
	const place = listen === undefined && domain !== undefined ? undefined : parseListen(listen ?? DEFAULTS.listen);
	const text = phpServerCaddyfile(
		{
			...{
				domain,
				accessLog,
				debug,
				watch,
				phpIni,
				extensions: ext,
				processes: flags.allowProcess ?? [],
				visible: flags.mount ?? [],
			},
			...{ compress: flags.compress, threads: flags.threads, maxThreadMemory: flags.maxThreadMemory },
			...{ cluster: flags.cluster, sidekickShared: flags.sidekickShared },
			...{ sidekickMax: flags.sidekickMax, network: flags.network, networkListen: flags.networkListen },
			root: resolve(flags.root),
			workers: worker.map((each) => ({ ...each, file: resolve(each.file) })),
			backgroundWorkers: backgroundWorker.map((each) => ({ ...each, file: resolve(each.file) })),
			sidekickEntrypoint: flags.sidekickEntrypoint && resolve(flags.sidekickEntrypoint),
			workerThreads: DEFAULTS.workerThreads,
		},
		place,
	);
	const context = contextWith({
		file: 'php-server',
		format: 'caddyfile',
		phpVersion: parsePhpVersion(flags.php),
		env: flags.env ?? {},
		xdebug: flags.xdebug ?? false,
	});
	// `{$` in a path is no variable.
	return [readServerConfig(text, context.file, context, createCaddyfileHost({})), context];
}
