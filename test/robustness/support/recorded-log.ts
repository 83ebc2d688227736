import type { LogContext, Logger } from 'igor-php';

export type LogLine = { level: string; message: string; context: LogContext | undefined };

/** A log that tests can wait for. */
export class RecordedLog implements Logger {
	readonly lines: LogLine[] = [];
	readonly #waiting = new Set<() => void>();

	debug = (message: string, context?: LogContext): void => this.#add({ level: 'debug', message, context });
	info = (message: string, context?: LogContext): void => this.#add({ level: 'info', message, context });
	warn = (message: string, context?: LogContext): void => this.#add({ level: 'warn', message, context });
	error = (message: string, context?: LogContext): void => this.#add({ level: 'error', message, context });

	/** Where the log ends now: pass it as `from` to look at later lines only. */
	get end(): number {
		return this.lines.length;
	}

	/** All of it as text, with the contexts: what an operator greps in. */
	text(from = 0): string {
		return this.lines
			.slice(from)
			.map((line) => `${line.level} ${line.message} ${JSON.stringify(line.context ?? {})}`)
			.join('\n');
	}

	/** Resolves when the text matches; rejects, with the text, when it has not after `milliseconds`. */
	async waitFor(pattern: RegExp, from = 0, milliseconds = 10_000): Promise<void> {
		await this.until(
			() => pattern.test(this.text(from)),
			milliseconds,
			() => `no ${pattern} in the log:\n${this.text(from).slice(-2000)}`,
		);
	}

	/** Resolves when `condition` holds; looked at after every line. */
	until(condition: () => boolean, milliseconds: number, complaint: () => string): Promise<void> {
		if (condition()) return Promise.resolve();
		return new Promise((resolve, reject) => {
			const look = () => {
				if (!condition()) return;
				settle();
				resolve();
			};
			const timer = setTimeout(() => {
				settle();
				reject(new Error(complaint()));
			}, milliseconds);
			const settle = () => {
				clearTimeout(timer);
				this.#waiting.delete(look);
			};
			this.#waiting.add(look);
		});
	}

	#add(line: LogLine): void {
		this.lines.push(line);
		for (const look of [...this.#waiting]) look();
	}
}
