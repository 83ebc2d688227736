import type { LogContext, Logger } from '../../log/logger.ts';

/** Writes to the browser's console. */
export const consoleLogger: Logger = {
	debug: (message, context) => console.debug(message, ...shown(context)),
	info: (message, context) => console.info(message, ...shown(context)),
	warn: (message, context) => console.warn(message, ...shown(context)),
	error: (message, context) => console.error(message, ...shown(context)),
};

function shown(context: LogContext | undefined): LogContext[] {
	return context === undefined || Object.keys(context).length === 0 ? [] : [context];
}
