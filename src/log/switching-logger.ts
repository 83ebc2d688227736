import type { LogContext, Logger } from './logger.ts';

/** A logger whose target can be exchanged, as a reload of the configuration does. Main thread only. */
export class SwitchingLogger implements Logger {
	#behind: Logger;

	constructor(behind: Logger) {
		this.#behind = behind;
	}

	/** From now on everything goes there. */
	exchange(behind: Logger): void {
		this.#behind = behind;
	}

	debug(message: string, context?: LogContext): void {
		this.#behind.debug(message, context);
	}

	info(message: string, context?: LogContext): void {
		this.#behind.info(message, context);
	}

	warn(message: string, context?: LogContext): void {
		this.#behind.warn(message, context);
	}

	error(message: string, context?: LogContext): void {
		this.#behind.error(message, context);
	}
}
