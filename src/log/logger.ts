/** What a log line is about, as data: ends up as fields of the JSON line. */
export type LogContext = Readonly<Record<string, unknown>>;

/**
 * Where every part of the server logs. Implementations never throw and never block for long;
 * main thread only (PHP threads send their records to the main thread).
 */
export interface Logger {
	debug(message: string, context?: LogContext): void;
	info(message: string, context?: LogContext): void;
	warn(message: string, context?: LogContext): void;
	error(message: string, context?: LogContext): void;
}

const nothing = (): void => {};

/** A logger that drops everything: for tests, and for `serve({ log: false })`. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** A logger that adds fields to every line; a line's own fields win. */
export function withFields(log: Logger, fields: LogContext): Logger {
	return {
		debug: (message, context) => log.debug(message, { ...fields, ...context }),
		info: (message, context) => log.info(message, { ...fields, ...context }),
		warn: (message, context) => log.warn(message, { ...fields, ...context }),
		error: (message, context) => log.error(message, { ...fields, ...context }),
	};
}
