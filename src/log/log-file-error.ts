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
