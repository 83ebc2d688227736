import type { Logger } from './logger.ts';
import { placeOfPhpError } from './php-error.ts';

/** FrankenPHP's log levels, those of `FRANKENPHP_LOG_LEVEL_*`. What lies below info is debug. */
export const PHP_LEVEL = { info: 0, warning: 4, error: 8 } as const;

/** A record from a PHP thread; `context` is a JSON object, if there is one. */
export type PhpLogRecord = { level: number; message: string; context: string | undefined };

/**
 * Writes a record of PHP into the log. `origin` says where it comes from. An error of PHP has the fields `error`,
 * `file` and `line`; the keys of what `frankenphp_log()` was given as context are fields, as in FrankenPHP. A key that
 * says where the record comes from gets a `_`: PHP must not pretend to be somebody else.
 */
export function logPhpRecord(log: Logger, origin: Record<string, unknown>, record: PhpLogRecord): void {
	const own = { ...origin, ...placeOfPhpError(record.message), ...hintFor(record.message) };
	const given = Object.entries(parseContext(record.context));
	const context = { ...own, ...Object.fromEntries(given.map(([key, value]) => [key in own ? `${key}_` : key, value])) };
	if (record.level >= PHP_LEVEL.error) log.error(record.message, context);
	else if (record.level >= PHP_LEVEL.warning) log.warn(record.message, context);
	else if (record.level >= PHP_LEVEL.info) log.info(record.message, context);
	else log.debug(record.message, context);
}

/** What helps where PHP's own words do not: a script of the command line looks for what a server does not have. */
function hintFor(message: string): { hint: string } | undefined {
	const [, name] =
		/^PHP Fatal error: +Uncaught Error: Undefined constant "(?:\w+\\)*(STDIN|STDOUT|STDERR)"/.exec(message) ?? [];
	if (name === undefined) return undefined;
	const instead =
		name === 'STDIN' ? 'read php://input' : `write to php://${name.toLowerCase()}, or by frankenphp_log()`;
	return { hint: `${name} belongs to PHP's command line, and a server has none: ${instead}.` };
}

function parseContext(json: string | undefined): Record<string, unknown> {
	if (json === undefined) return {};
	try {
		const context: unknown = JSON.parse(json);
		return typeof context === 'object' && context !== null ? { ...context } : { context };
	} catch {
		return { context: json };
	}
}
