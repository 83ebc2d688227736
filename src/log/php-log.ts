import type { Logger } from './logger.ts';
import { placeOfPhpError } from './php-error.ts';

/** FrankenPHP's log levels, those of `FRANKENPHP_LOG_LEVEL_*`. What lies below info is debug. */
export const PHP_LEVEL = { info: 0, warning: 4, error: 8 } as const;

/** A record from a PHP thread; `context` is a JSON object, if there is one. */
export type PhpLogRecord = { level: number; message: string; context: string | undefined };

/**
 * Writes a record of PHP into the log. `origin` says where it comes from. An error of PHP has the fields `error`,
 * `file` and `line`; what `frankenphp_log()` was given as context is the field `context`.
 */
export function logPhpRecord(log: Logger, origin: Record<string, unknown>, record: PhpLogRecord): void {
	const context = { ...origin, ...placeOfPhpError(record.message), ...parseContext(record.context) };
	if (record.level >= PHP_LEVEL.error) log.error(record.message, context);
	else if (record.level >= PHP_LEVEL.warning) log.warn(record.message, context);
	else if (record.level >= PHP_LEVEL.info) log.info(record.message, context);
	else log.debug(record.message, context);
}

function parseContext(json: string | undefined): Record<string, unknown> {
	if (json === undefined) return {};
	try {
		return { context: JSON.parse(json) as unknown };
	} catch {
		return { context: json };
	}
}
