import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isatty } from 'node:tty';
import { DEFAULT_ROLLING, type LogRolling } from '../../../directives/log/log-rolling.ts';
import type { LogOutput } from '../../../directives/log.ts';
import { reserve } from '../files/reserved.ts';
import { consoleLines } from './console-lines.ts';
import { DescriptorWriter } from './descriptor-writer.ts';
import { RollingFile } from './rolling-file.ts';

const REASONS: Readonly<Record<string, string>> = {
	EACCES: 'this user may not write it; change its owner, or choose another path',
	EISDIR: 'it is a folder; name a file',
	ENOTDIR: 'a part of the path is a file, not a folder; choose another path',
	ENOSPC: 'the disk is full',
	EROFS: 'the file system is read-only; choose another path',
};

/** The file of a log cannot be written; the message says why and what to do. */
export class LogFileError extends Error {
	override readonly name = 'LogFileError';
	readonly code = 'cannot_log';

	/** @param reason the system's name of it, such as EACCES */
	constructor(path: string, reason: string) {
		super(`Cannot write the log ${path}: ${REASONS[reason] ?? `the system says ${reason}`}.`);
	}
}

/** Takes lines of JSON, as pino makes them. */
export interface LogSink {
	write(line: string): void;
	close(): void;
}

/** Where a sink writes: a file descriptor of this process, or a file that is appended to. */
export type LogDestination = 1 | 2 | LogFile;

/** A log file. */
export interface LogFile {
	readonly path: string;
	/** `undefined` = Caddy's defaults. */
	readonly rolling?: LogRolling | false;
	readonly mode?: number;
}

/** What `output` of a log says as a destination. @param folder relative paths belong to it */
export function destinationOf(output: Exclude<LogOutput, { type: 'discard' }>, folder: string): LogDestination {
	return output.type === 'file' ? { ...output, path: resolve(folder, output.path) } : output.type === 'stdout' ? 1 : 2;
}

/**
 * Opens a sink. Lines are written at once: the last one before a crash is the one that matters. A line that cannot be
 * written is lost.
 *
 * @param format missing = readable on a terminal, else JSON
 * @throws LogFileError when the file cannot be opened
 */
export function openSink(destination: LogDestination, format?: 'console' | 'json'): LogSink {
	const fd = typeof destination === 'object' ? openLogFile(destination) : destination;
	const terminal = isatty(fd);
	const readable = (format ?? (terminal ? 'console' : 'json')) === 'console';
	const pretty = readable ? consoleLines({ terminal, colours: terminal && !process.env.NO_COLOR }) : undefined;
	const write = (line: string): void => writer.write(pretty === undefined ? line : pretty(line));
	const onLost = (lines: number): void => write(lostLines(lines));
	const writer = writerOf(destination, fd, onLost);
	let closed = false;
	return {
		write: (line) => {
			// The number of a closed descriptor may be another file's by now.
			if (!closed) write(line);
		},
		close: () => {
			if (!closed) writer.close();
			closed = true;
		},
	};
}

function lostLines(lines: number): string {
	const msg = `${lines} lines of the log were lost: its reader was too slow.`;
	return `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), msg })}\n`;
}

/** By path: two that roll one file without each other would lose lines. */
const openFiles = new Map<string, { readonly file: RollingFile; users: number }>();

function writerOf(destination: LogDestination, fd: number, onLost: (lines: number) => void): LogSink {
	if (typeof destination !== 'object') return new DescriptorWriter(fd, onLost);
	const { path, rolling = DEFAULT_ROLLING } = destination;
	let known = openFiles.get(path);
	if (known === undefined) {
		known = { file: new RollingFile(path, fd, () => openLogFile(destination), rolling, onLost), users: 0 };
		openFiles.set(path, known);
	} else {
		closeSync(fd);
		// Whoever comes last, such as a new configuration, says how it is rolled.
		known.file.use(rolling);
	}
	known.users++;
	const { file } = known;
	return {
		write: (line) => file.write(line),
		close: () => {
			if (--known.users > 0) return;
			openFiles.delete(path);
			file.close();
		},
	};
}

/** Opened here, so that a wrong path fails the start and not the first line. */
function openLogFile({ path, mode = 0o640 }: LogFile): number {
	try {
		// It is opened again at a reload: PHP must not put a link to another file there.
		reserve(path);
		mkdirSync(dirname(path), { recursive: true });
		return openSync(path, 'a', mode);
	} catch (error) {
		throw new LogFileError(path, (error as NodeJS.ErrnoException).code ?? 'unknown');
	}
}
