import type { LogConfig, LogOutput } from '../../../directives/log.ts';
import type { Logger } from '../../../log/logger.ts';
import { fieldFilters } from './field-filters.ts';
import { destinationOf, openSink } from './log-sinks.ts';
import { type LeveledSink, type LogLevelName, loggerOf } from './pino-logger.ts';

const STDERR: LogOutput = { type: 'stderr' };
/** The name of the log that exists without any `log` in the global options. */
const DEFAULT_NAME = 'default';

/**
 * The logs of a server, as the global options say: the default one, on stderr unless `log` without a name says
 * something else, and every `log NAME` beside it. Each gets everything from its level upwards. `debug` lowers the level
 * of those that name none.
 *
 * @param options `folder`: relative paths of log files belong to it
 * @returns `close` writes what has not been written; lines after that are lost
 * @throws LogFileError when a file cannot be opened
 */
export function createServerLogger(options: { debug: boolean; logs: readonly LogConfig[]; folder: string }): {
	log: Logger;
	close(): Promise<void>;
} {
	const { debug, logs, folder } = options;
	const hasDefault = logs.some(({ name = DEFAULT_NAME }) => name === DEFAULT_NAME);
	const configs: readonly Omit<LogConfig, 'position'>[] = hasDefault ? logs : [{}, ...logs];
	const open: LeveledSink[] = [];
	const close = (): void => {
		for (const { sink } of open) sink.close();
		open.length = 0;
	};
	try {
		for (const { output = STDERR, format, filters, level } of configs) {
			if (output.type === 'discard') continue;
			const lowest = (level?.toLowerCase() ?? (debug ? 'debug' : 'info')) as LogLevelName;
			const sink = openSink(destinationOf(output, folder), format);
			open.push({ sink, level: lowest, ...(filters && { filter: fieldFilters(filters) }) });
		}
	} catch (error) {
		close();
		throw error;
	}
	return { log: loggerOf([...open]), close: async () => close() };
}
