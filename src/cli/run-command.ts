import type { Command } from 'commander';
import type { CaddyServerOptions } from '../platform/node/server/caddy-server.ts';
import {
	addConfigOptions,
	type ConfigContext,
	type ConfigFlags,
	contextOf,
	loadConfig,
	readText,
} from './config-file.ts';
import { endAfter, serverSignals } from './signals.ts';

/** On top of what the configuration allows a stop to take, milliseconds. */
const STOP_MARGIN = 5000;

interface RunFlags extends ConfigFlags {
	watch?: boolean;
}

/** Adds `igor run`. */
export function addRun(program: Command, finish: (status: number) => void): void {
	addConfigOptions(
		program
			.command('run')
			.description('Serve what a Caddyfile describes')
			.option('-w, --watch', 'load the Caddyfile again whenever it changes'),
	).action(async (flags: RunFlags) => finish(await runUntilStopped(flags)));
}

async function runUntilStopped(flags: RunFlags): Promise<number> {
	// Before anything starts: a signal during the start must not leave it half done.
	let reload = async (): Promise<void> => {};
	const signal = serverSignals(() => reload());
	const ended = Promise.withResolvers<number>();
	const context = contextOf(flags);
	const config = await loadConfig(context);
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
	};
	const server = await Promise.race([CaddyServer.start(config, options), stopped]);
	// Stopped before it was ready: nobody is served yet, so there is nothing to finish. Threads end with the process.
	if (typeof server === 'number') process.exit(server);
	const { log } = server;
	reload = (): Promise<void> =>
		loadAgain(context, server).then(
			() => log.info(`${context.file} has been loaded again`),
			(error: unknown) =>
				log.error(`The previous configuration stays: ${error instanceof Error ? error.message : error}`),
		);
	const watch = flags.watch ? await watchFiles([context.file], context.folder, () => reload(), log) : undefined;
	process.stdout.write(`Listening on ${server.urls.join(', ')}\n`);
	const status = await stopped;
	endAfter(server.stopLimit + STOP_MARGIN);
	await watch?.close();
	await server.close();
	return status;
}

async function loadAgain(
	{ file }: ConfigContext,
	server: { reload(text: string, file: string): Promise<void> },
): Promise<void> {
	await server.reload(readText(file), file);
}
