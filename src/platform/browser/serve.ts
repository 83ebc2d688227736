import { patienceUntil, type RunningScope } from '../../application/scope.ts';
import { ServerClosedError } from '../../application/server.ts';
import { startScope } from '../../application/start-scope.ts';
import { OptionsError } from '../../config/options-error.ts';
import { resolveOptions } from '../../config/resolve-options.ts';
import type { PhpVersion } from '../../config/values.ts';
import { type LogContext, type Logger, silentLogger } from '../../log/logger.ts';
import { createFilesBuffer } from '../../shared-memory/files/layout.ts';
import { SharedFiles } from '../../shared-memory/files/shared-files.ts';
import { workersBelow } from '../../site/php/workers-below.ts';
import type { ThreadBudget } from '../../threads/thread-budget.ts';
import { within } from '../../time/within.ts';
import { APP_FOLDER, createFilesHost, visibleFolder } from './browser-options-host.ts';
import type { BrowserServeOptions, BrowserServer } from './browser-server.ts';
import { CommandLines } from './command-lines.ts';
import { readRequest } from './http/web-request.ts';
import { WebSite } from './http/web-site.ts';
import { assetsBase, loadPhp } from './load-php.ts';
import { missingForThreads } from './page/browser-support.ts';
import type { PhpBinaries } from './threads/browser-binaries.ts';
import { createBrowserPlatform } from './threads/browser-platform.ts';

/** Writes to the browser's console. */
const consoleLogger: Logger = {
	debug: (message, context) => console.debug(message, ...shown(context)),
	info: (message, context) => console.info(message, ...shown(context)),
	warn: (message, context) => console.warn(message, ...shown(context)),
	error: (message, context) => console.error(message, ...shown(context)),
};

/**
 * Starts a server in this page, or in a web worker of it: boots the PHP threads and the workers. Resolves when the first
 * thread of each worker is ready, or one classic thread if there is no worker; the others follow one after another.
 *
 * ```ts
 * const server = await serve({ files: { 'index.php': '<?= PHP_VERSION ?>' } });
 * const response = await server.fetch('/');
 * ```
 *
 * @throws OptionsError when an option is wrong; Error when the browser lacks something or PHP cannot start; the reason of
 *   `signal` when that aborts first
 */
export async function serve(options: BrowserServeOptions): Promise<BrowserServer> {
	return (await startServer(options)).server;
}

/** A server with its insides, for tests. */
export type StartedServer = { server: BrowserServer; scope: RunningScope; files: SharedFiles };

/** As `serve()`. `budget`: threads that several servers share. */
export async function startServer(options: BrowserServeOptions, budget?: ThreadBudget): Promise<StartedServer> {
	const missing = missingForThreads();
	if (missing !== undefined) throw new Error(missing);
	const log = options.log === false ? silentLogger : (options.log ?? consoleLogger);
	const progress = options.onProgress ?? (() => {});
	const files = new SharedFiles(createFilesBuffer(), APP_FOLDER);
	const host = createFilesHost(files);
	const folders = new Set([APP_FOLDER, '/tmp']);
	for (const [path, content] of Object.entries(options.files)) {
		const absolute = host.resolve(path);
		folders.add(visibleFolder(absolute));
		files.write(absolute, content);
	}
	const resolved = resolveOptions({ ...options, listen: false }, host);
	const [extension] = resolved.extensions;
	if (extension !== undefined) {
		throw new OptionsError(
			'bad_extension',
			`The PHP extension '${extension}' is not available in browsers; leave it out of the option "extensions".`,
		);
	}
	if (resolved.processes !== undefined) {
		throw new OptionsError(
			'bad_key_value',
			'A browser runs no programs; leave out the option "processes". exec() and the like do not exist there.',
		);
	}
	if (options.cluster !== undefined) {
		throw new OptionsError(
			'bad_cluster',
			'A browser belongs to no fleet; leave out the options "cluster" and "sidekickShared".',
		);
	}
	if (resolved.visibleFolders !== undefined) {
		throw new OptionsError('bad_mount', 'A browser has no folders to show; leave out the option "visible".');
	}
	const binaries = binariesOf(options, resolved.phpVersion);
	const platform = createBrowserPlatform(resolved, files, {
		folders: [...folders],
		assets: assetsBase(options.assets),
		binaries,
		onProgress: progress,
		abandon: options.signal,
	});
	const starting = startScope(resolved, platform, log, budget, options.onTrace);
	// Without the binaries no thread starts; that they are missing is the better error.
	const [, scope] = await Promise.all([binaries, starting]);
	scope.onFatal((error) => {
		log.error(error.message, { error: error.stack });
		options.onFatal?.(error);
	});
	progress({ step: 'ready' });
	const { root, stopTimeout } = resolved;
	const workers = workersBelow(resolved, log);
	const site = new WebSite({ root, workers, files, gateway: scope.gateway, log });
	const commandLines = new CommandLines(platform.commandLines, scope.fileLocks);
	let closing: Promise<void> | undefined;
	const close = async (): Promise<void> => {
		const end = performance.now() + stopTimeout;
		const ended = commandLines.close();
		await within(stopTimeout, site.idle());
		await ended;
		await scope.close(patienceUntil(end));
	};
	const server: BrowserServer = {
		url: undefined,
		files: {
			write: (path, content) => files.write(host.resolve(path), content),
			read: (path) => files.read(host.resolve(path)),
			remove: (path) => files.remove(host.resolve(path)),
			list: (folder = '.') => files.list(host.resolve(folder)),
			get changes() {
				return files.changes;
			},
		},
		sidekicks: scope.sidekicks,
		threads: () => scope.threads(),
		endThread: (id) => scope.endThread(id),
		onSidekickEvent: (listener) => scope.onSidekickEvent(listener),
		async phpCli(args, options) {
			if (closing) throw new ServerClosedError();
			return commandLines.run(args, options);
		},
		restartWorkers: () => scope.restartWorkers(),
		async fetch(input, init) {
			if (closing) throw new ServerClosedError();
			const url = typeof input === 'string' ? new URL(input, 'http://localhost') : input;
			const request = new Request(url, init?.body == null ? init : Object.assign({ duplex: 'half' }, init));
			request.signal.throwIfAborted();
			return site.answer(await readRequest(request, init));
		},
		close() {
			closing ??= close();
			return closing;
		},
		[Symbol.asyncDispose]: () => server.close(),
	};
	return { server, scope, files };
}

async function binariesOf(options: BrowserServeOptions, version: PhpVersion): Promise<PhpBinaries> {
	const binaries = await (options.binaries ?? loadPhp(options));
	if (binaries.version === version) return binaries;
	throw new OptionsError(
		'bad_php_version',
		`The option "binaries" holds PHP ${binaries.version}, but PHP ${version} is asked for; give loadPhp() the same "php".`,
	);
}

function shown(context: LogContext | undefined): LogContext[] {
	return context === undefined || Object.keys(context).length === 0 ? [] : [context];
}
