import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { isatty } from 'node:tty';
import { pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { LogFileError } from '../../../log/log-file-error.ts';

/** Takes lines of JSON, as pino makes them. */
export interface LogSink {
	write(line: string): void;
	close(): void;
}

/** Where a sink writes: a file descriptor of this process, or the path of a file that is appended to. */
export type LogDestination = 1 | 2 | string;

/**
 * Opens a sink. Writes are synchronous: the last line before a crash is the one that matters. A line that cannot be
 * written later on is lost, and hurts nobody.
 *
 * @param format missing = readable on a terminal, else JSON
 * @throws LogFileError when the file cannot be opened
 */
export function openSink(destination: LogDestination, format?: 'console' | 'json'): LogSink {
	const fd = typeof destination === 'string' ? openLogFile(destination) : destination;
	const terminal = isatty(fd);
	const stream = pino.destination({ dest: fd, sync: true });
	// Without a listener, a full disk or a reader that has gone would end the process.
	stream.on('error', () => {});
	const readable = (format ?? (terminal ? 'console' : 'json')) === 'console';
	const pretty = readable ? prettyLines(terminal && !process.env.NO_COLOR) : undefined;
	let closed = false;
	return {
		write: (line) => {
			// The number of a closed descriptor may be another file's by now.
			if (closed) return;
			try {
				stream.write(pretty === undefined ? line : pretty(line));
			} catch {
				// As above.
			}
		},
		close: () => {
			closed = true;
			try {
				stream.flushSync();
				if (typeof destination === 'string') closeSync(fd);
			} catch {
				// As above.
			}
		},
	};
}

/** Opened here, so that a wrong path is an error of the start and not of the first line. */
function openLogFile(path: string): number {
	try {
		mkdirSync(dirname(path), { recursive: true });
		return openSync(path, 'a', 0o640);
	} catch (error) {
		throw new LogFileError(path, (error as NodeJS.ErrnoException).code ?? 'unknown');
	}
}

function prettyLines(colorize: boolean): (line: string) => string {
	const pretty = prettyFactory({
		colorize,
		// A message may come from PHP, or from a client: it must not steer the terminal.
		messageFormat: (record, key) => escapeControls(String(record[key] ?? '')),
		translateTime: 'SYS:yyyy-mm-dd HH:MM:ss.l',
	});
	return (line) => pretty(line);
}

function escapeControls(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about.
	return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => {
		return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
	});
}
