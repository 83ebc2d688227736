import { type Level, multistream, pino } from 'pino';
import type { LogContext, Logger } from '../../../log/logger.ts';
import { redact } from '../../../log/redaction.ts';
import type { FilterFields } from './field-filters.ts';
import { type LogSink, openSink } from './log-sinks.ts';

/** A sink and the lowest level that it gets. */
export interface LeveledSink {
	readonly sink: LogSink;
	readonly level: LogLevelName;
	/** What it gets of the fields. */
	readonly filter?: FilterFields;
}

export type LogLevelName = 'debug' | 'info' | 'warn' | 'error';

/**
 * A logger on stderr: one JSON object per line, or coloured text when stderr is a terminal. Secrets are redacted, see
 * redact().
 *
 * @param level the lowest level that is written: 'debug', 'info', 'warn', 'error'
 */
export function createPinoLogger(level: LogLevelName = 'info'): Logger {
	return loggerOf([{ sink: openSink(2), level }]);
}

/** A logger that writes to each sink what reaches its level. Secrets are redacted. */
export function loggerOf(sinks: readonly LeveledSink[]): Logger {
	return loggerWith(sinks, {}, redact);
}

/** The same for records without secrets, such as those of accessRecord(): they are written as they are. */
export function rawLoggerOf(sinks: readonly LeveledSink[], base: Readonly<Record<string, unknown>>): Logger {
	return loggerWith(sinks, base, (context) => context);
}

function loggerWith(
	sinks: readonly LeveledSink[],
	base: Readonly<Record<string, unknown>>,
	clean: FilterFields,
): Logger {
	// Those that get all fields share the making of the line.
	const whole = sinks.filter(({ filter }) => filter === undefined);
	const loggers = sinks.flatMap((sink) => {
		const { filter } = sink;
		return filter === undefined ? [] : [oneLogger([sink], base, (context) => filter(clean(context)))];
	});
	if (whole.length > 0 || loggers.length === 0) loggers.unshift(oneLogger(whole, base, clean));
	const [only, ...others] = loggers as [Logger, ...Logger[]];
	if (others.length === 0) return only;
	const each = (level: LogLevelName) => (message: string, context?: LogContext) => {
		for (const logger of loggers) logger[level](message, context);
	};
	return { debug: each('debug'), info: each('info'), warn: each('warn'), error: each('error') };
}

function oneLogger(
	sinks: readonly LeveledSink[],
	base: Readonly<Record<string, unknown>>,
	clean: FilterFields,
): Logger {
	const streams = sinks.map(({ sink, level }) => ({ level, stream: sink }));
	const lowest = (['debug', 'info', 'warn', 'error'] as const).find((name) =>
		sinks.some(({ level }) => level === name),
	);
	const log = pino(
		// Times that people and machines can read; levels are named as in FrankenPHP and Caddy.
		{
			level: lowest ?? 'silent',
			base: { ...base },
			timestamp: pino.stdTimeFunctions.isoTime,
			formatters: { level: (level) => ({ level }) },
		},
		multistream(streams),
	);
	const write = (level: Level, message: string, context: LogContext | undefined): void => {
		if (!log.isLevelEnabled(level)) return;
		if (context === undefined) log[level](message);
		else log[level](clean(context), message);
	};
	return {
		debug: (message, context) => write('debug', message, context),
		info: (message, context) => write('info', message, context),
		warn: (message, context) => write('warn', message, context),
		error: (message, context) => write('error', message, context),
	};
}
