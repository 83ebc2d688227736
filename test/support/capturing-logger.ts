import type { LogContext, Logger } from '../../src/index.ts';

export type LogRecord = { level: keyof Logger; message: string; context: LogContext };

/** A logger that keeps every record, for tests to look at. */
export class CapturingLogger implements Logger {
	readonly records: LogRecord[] = [];

	debug(message: string, context: LogContext = {}): void {
		this.records.push({ level: 'debug', message, context });
	}

	info(message: string, context: LogContext = {}): void {
		this.records.push({ level: 'info', message, context });
	}

	warn(message: string, context: LogContext = {}): void {
		this.records.push({ level: 'warn', message, context });
	}

	error(message: string, context: LogContext = {}): void {
		this.records.push({ level: 'error', message, context });
	}

	/** What happened to one sidekick, e.g. `crashed`, in order. */
	events(sidekick: string, type?: string): LogContext[] {
		return this.records
			.map((record) => record.context)
			.filter(({ sidekick: name, event }) => name === sidekick && event !== undefined)
			.filter(({ event }) => type === undefined || event === type);
	}

	/** The lines that one sidekick printed, in order. */
	output(sidekick: string): string[] {
		return this.records
			.filter(({ context }) => context.sidekick === sidekick && context.event === undefined)
			.map(({ message }) => message);
	}

	/** All messages that contain `part`. */
	matching(part: string): LogRecord[] {
		return this.records.filter(({ message }) => message.includes(part));
	}
}
