import type { Server } from './application/server.ts';
import type { ResolvedOptions, ServeOptions } from './config/options.ts';
import { resolveOptions } from './config/resolve-options.ts';
import { type Logger, silentLogger } from './log/logger.ts';
import { createOptionsHost } from './platform/node/config/node-options-host.ts';
import { createPinoLogger } from './platform/node/operations/pino-logger.ts';
import { startNodeScope } from './platform/node/server/node-scope.ts';
import { openServer } from './platform/node/server/open-server.ts';

export { type Server, ServerClosedError } from './application/server.ts';
export type { BackgroundWorkerOption, ServeOptions, WorkerOption } from './config/options.ts';
export { OptionsError, type OptionsErrorCode } from './config/options-error.ts';
export type { PhpVersion } from './config/values.ts';
export { ListenError } from './http/listen-error.ts';
export type { LogContext, Logger } from './log/logger.ts';
export type {
	SidekickControl,
	SidekickCounters,
	SidekickInfo,
	SidekickSnapshot,
	SnapshotEntry,
} from './sidekicks/control.ts';

/**
 * Starts a server: boots the PHP threads and the workers, then listens.
 *
 * ```ts
 * await using server = await serve({ root: 'public', listen: false, sidekickEntrypoint: 'bin/console' });
 * const response = await server.fetch('/');
 * ```
 *
 * @throws OptionsError when an option is wrong; ListenError when the address cannot be used; what PHP's start throws
 */
export async function serve(options: ServeOptions = {}): Promise<Server> {
	const resolved: ResolvedOptions = resolveOptions(options, createOptionsHost());
	const log: Logger = options.log === false ? silentLogger : (options.log ?? createPinoLogger());
	const scope = await startNodeScope(resolved, log);
	scope.onFatal((error) => {
		log.error(error.message, { error: error.stack });
		options.onFatal?.(error);
	});
	return openServer(resolved, scope, log, options.compress);
}
