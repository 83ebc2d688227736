import type { LogContext, Logger } from '../../../src/browser.ts';
import type { LogRecord } from './protocol.ts';

/** How long records are collected before they are reported, milliseconds. */
const PAUSE = 16;
/** Records of one batch; what an app logs beyond that is counted, not kept. */
const MOST = 500;

/** A logger that reports in batches. */
export class LogFeed implements Logger {
	readonly #tell: (records: readonly LogRecord[]) => void;
	#records: LogRecord[] = [];
	#dropped = 0;

	constructor(tell: (records: readonly LogRecord[]) => void) {
		this.#tell = tell;
	}

	debug(message: string, context?: LogContext): void {
		this.#add('debug', message, context);
	}

	info(message: string, context?: LogContext): void {
		this.#add('info', message, context);
	}

	warn(message: string, context?: LogContext): void {
		this.#add('warn', message, context);
	}

	error(message: string, context?: LogContext): void {
		this.#add('error', message, context);
	}

	#add(level: LogRecord['level'], message: string, context: LogContext = {}): void {
		if (this.#records.length === 0) setTimeout(() => this.#flush(), PAUSE);
		if (this.#records.length >= MOST) this.#dropped++;
		else this.#records.push({ at: Date.now(), level, message, source: sourceOf(context) });
	}

	#flush(): void {
		const records = this.#records;
		if (this.#dropped > 0) {
			const message = `${this.#dropped} more records in this moment are not shown.`;
			records.push({ at: Date.now(), level: 'warn', message, source: '' });
		}
		this.#records = [];
		this.#dropped = 0;
		this.#tell(records);
	}
}

function sourceOf({ sidekick, role, thread }: LogContext): string {
	if (typeof sidekick === 'string') return sidekick;
	if (typeof role === 'string') return role.replace(/^\/app\//, '');
	return typeof thread === 'number' ? `thread ${thread}` : '';
}
