import { type LoggerOptions, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Logger } from '../../log/logger.ts';

/**
 * A logger on stderr: one JSON object per line, or coloured text when stderr is a terminal.
 *
 * @param level the lowest level that is written: 'debug', 'info', 'warn', 'error'
 */
export function createPinoLogger(level = 'info'): Logger {
	const options: LoggerOptions = { level, base: null };
	// Both destinations are synchronous: the last line before a crash is the one that matters.
	const sink = process.stderr.isTTY
		? pino(options, pretty({ destination: 2, sync: true, ignore: 'pid,hostname' }))
		: pino(
				{ ...options, formatters: { level: (label) => ({ level: label }) } },
				pino.destination({ dest: 2, sync: true }),
			);
	return {
		debug: (message, context) => sink.debug(context, message),
		info: (message, context) => sink.info(context, message),
		warn: (message, context) => sink.warn(context, message),
		error: (message, context) => sink.error(context, message),
	};
}
