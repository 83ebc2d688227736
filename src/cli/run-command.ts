import { closeSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { reserve } from '../platform/node/files/reserved.ts';
import type { CaddyServerOptions } from '../platform/node/server/caddy-server.ts';
import type { ServerConfig } from '../platform/node/server/server-config.ts';
import {
	addConfigOptions,
	type ConfigContext,
	type ConfigFlags,
	contextOf,
	environmentWith,
	loadConfig,
	readText,
} from './config-file.ts';
import { printEnvironment } from './information-commands.ts';
import { hasSavedConfig, saveConfig, savedConfigFile } from './saved-config.ts';
import { endAfter, serverSignals } from './signals.ts';
import { tellStarted, withPatience } from './start-up-lines.ts';

/** On top of what the configuration allows a stop to take, milliseconds. */
const STOP_MARGIN = 5000;

interface RunFlags extends ConfigFlags {
	watch?: boolean;
	environ?: boolean;
	resume?: boolean;
	pidfile?: string;
	ready?: number;
}

/** Adds `igor run`. */
export function addRun(program: Command, finish: (status: number) => void): void {
	addRunOptions(program.command('run').description('Serve what a Caddyfile, or the JSON of Caddy, describes'))
		.option('-e, --environ', 'print the environment first; it may contain secrets')
		.addOption(readyOption())
		.action(async (flags: RunFlags, command: Command) => {
			finish(await runUntilStopped(flags, command.getOptionValueSource('config') !== 'default'));
		});
}

/** Those that `start` has, too. */
export function addRunOptions(command: Command): Command {
	return addConfigOptions(command)
		.option('-w, --watch', 'load the file again whenever it changes')
		.option('-r, --resume', 'go on with the configuration that was loaded last, if one is saved')
		.option('--pidfile <file>', 'write the process id there, and remove it in the end');
}

/** For `start`: the descriptor on which the server tells that it is ready. */
function readyOption(): Option {
	return new Option('--ready <descriptor>').argParser(Number).hideHelp();
}

/** @param namesFile `--config` was given */
async function runUntilStopped(flags: RunFlags, namesFile: boolean): Promise<number> {
	// Before anything starts: a signal during the start must not leave it half done.
	let reload = async (): Promise<void> => {};
	const signal = serverSignals(() => reload());
	if (flags.environ) printEnvironment(environmentWith(flags.envfile));
	// PHP must not say which process is ended by whoever reads it.
	if (flags.pidfile !== undefined) reserve(flags.pidfile);
	const saved = hasSavedConfig() ? savedConfigFile() : undefined;
	const resumes = flags.resume === true && saved !== undefined;
	if (flags.resume) process.stderr.write(`igor: ${aboutResuming(saved, namesFile)}\n`);
	const context = resumes ? { ...contextOf(flags), file: saved, format: 'json' as const } : contextOf(flags);
	const config = await loadConfig(context);
	// What is saved again with each change must not be loaded again for that.
	const rest = resumes ? { ...flags, watch: false } : flags;
	return serveConfig(config, context, signal, { ...rest, saves: true }, (again) => {
		reload = again;
	});
}

function aboutResuming(saved: string | undefined, namesFile: boolean): string {
	if (saved === undefined) return `no configuration is saved in ${savedConfigFile()}; going on with the file`;
	return `going on with the configuration of ${saved}${namesFile ? ', and not with --config' : ''}`;
}

/**
 * Serves a configuration until a signal, the admin API or PHP ends it.
 *
 * @param signal resolves with the exit status that a signal asks for
 * @param onReady gets what loads the file again
 * @returns the exit status
 */
export async function serveConfig(
	config: ServerConfig,
	context: ConfigContext,
	signal: Promise<number>,
	flags: Pick<RunFlags, 'watch' | 'pidfile' | 'ready'> & { saves?: boolean } = {},
	onReady: (reload: () => Promise<void>) => void = () => {},
): Promise<number> {
	const ended = Promise.withResolvers<number>();
	const [{ CaddyServer }, { createServerLogger }, { watchFiles }] = await Promise.all([
		import('../platform/node/server/caddy-server.ts'),
		import('../platform/node/operations/server-log.ts'),
		import('../platform/node/operations/file-watching.ts'),
	]);
	const stopped = Promise.race([signal, ended.promise]);
	const options: CaddyServerOptions = {
		...context,
		openLog: (global) => createServerLogger({ ...global, folder: context.folder }),
		onFatal: () => ended.resolve(1),
		onStop: () => ended.resolve(0),
		onLoaded: (json, log) => flags.saves && saveConfig(json, log),
	};
	const server = await withPatience(Promise.race([CaddyServer.start(config, options), stopped]));
	// Stopped before it was ready: nobody is served yet, so there is nothing to finish. Threads end with the process.
	if (typeof server === 'number') process.exit(server);
	const { log } = server;
	const reload = (): Promise<void> =>
		loadAgain(context, server).then(
			() => log.info(`${context.file} has been loaded again`),
			(error: unknown) =>
				log.error(`The previous configuration stays: ${error instanceof Error ? error.message : error}`),
		);
	onReady(reload);
	const watch = flags.watch ? await watchFiles([context.file], context.folder, () => reload(), log) : undefined;
	if (flags.pidfile !== undefined) writePidFile(flags.pidfile);
	const { plan, admin } = config;
	const scopes = [...plan.scopes, ...(plan.global === undefined ? [] : [plan.global])].map(({ options: of }) => of);
	tellStarted(server.urls, () => ({ scopes, admin }));
	if (flags.ready !== undefined) tellReady(flags.ready);
	const status = await stopped;
	endAfter(server.stopLimit + STOP_MARGIN);
	await watch?.close();
	await server.close();
	return status;
}

function writePidFile(file: string): void {
	writeFileSync(file, `${process.pid}\n`);
	process.once('exit', () => rmSync(file, { force: true }));
}

function tellReady(descriptor: number): void {
	try {
		writeSync(descriptor, 'ready\n');
		closeSync(descriptor);
	} catch {
		// Whoever has started us is gone.
	}
}

async function loadAgain(
	{ file }: ConfigContext,
	server: { reload(text: string, file: string): Promise<void> },
): Promise<void> {
	await server.reload(readText(file), file);
}
