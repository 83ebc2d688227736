/** What can go wrong with shared files, by POSIX names. */
export type FileErrorCode =
	| 'EBUSY'
	| 'EEXIST'
	| 'EFBIG'
	| 'EINVAL'
	| 'EIO'
	| 'EISDIR'
	| 'ELOOP'
	| 'ENAMETOOLONG'
	| 'ENFILE'
	| 'ENOENT'
	| 'ENOSPC'
	| 'ENOTDIR'
	| 'ENOTEMPTY'
	| 'EPERM';

const MEANINGS: Record<FileErrorCode, string> = {
	EBUSY: 'another thread did not finish its change in time; try again',
	EEXIST: 'the name is taken already',
	EFBIG: 'a file cannot be larger than 2 GiB',
	EINVAL: 'that is impossible with a file of this kind, or with these values',
	EIO: 'this thread has been ended by its host, and must not touch the files any more',
	EISDIR: 'it is a folder',
	ELOOP: 'too many symbolic links lead to each other',
	ENAMETOOLONG: 'a name has at most 255 characters',
	ENFILE: 'too many files are open; close some',
	ENOENT: 'there is no such file or folder',
	ENOSPC: 'the shared files are full; remove some, or make them larger at the start',
	ENOTDIR: 'it is not a folder',
	ENOTEMPTY: 'the folder is not empty',
	EPERM: 'the root folder stays as it is',
};

/** An operation on shared files failed; nothing has changed. */
export class FileError extends Error {
	override readonly name = 'FileError';
	readonly code: FileErrorCode;

	/** @param path what it was about, if that is known */
	constructor(code: FileErrorCode, path?: string) {
		super(`${path === undefined ? '' : `${path}: `}${MEANINGS[code]} (${code}).`);
		this.code = code;
	}
}
