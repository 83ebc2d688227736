import { closeSync, constants, fchmodSync, fstatSync, lstatSync, openSync, type Stats } from 'node:fs';
import { at, confirm, type Folder, O_DIRECTORY, O_NOFOLLOW } from './folder.ts';
import { codeOf, refusal } from './host-error.ts';
import { LINK } from './resolver.ts';

// Numbers of PHP's libc.
const ACCESS_MODE = 0o3;
const CREAT = 0o100;
const EXCL = 0o200;
const TRUNC = 0o1000;
const APPEND = 0o2000;
const SYNC = 0o4010000;
const DIRECTORY = 0o200000;
const NOFOLLOW = 0o400000;

/** Enough: a file would have to come and go in between that many times in a row. */
const ATTEMPTS = 10;

export const wantsToCreate = (flags: number): boolean => (flags & CREAT) !== 0;
export const wantsToWrite = (flags: number): boolean => (flags & (ACCESS_MODE | CREAT | TRUNC)) !== 0;
/** Whether open(2) follows a link at the end. */
export const followsLink = (flags: number): boolean =>
	(flags & NOFOLLOW) === 0 && (flags & (CREAT | EXCL)) !== (CREAT | EXCL);

/** The umask of PHP, and that of the process, which the operating system applies by itself. */
export type Masks = { readonly umask: number; readonly serverUmask: number };

/**
 * Opens or creates a file by its name in a folder, never through a link, and checks what was opened: it has to be a file
 * or a folder. A pipe without a writer, or a device, does not block the thread.
 */
export function openIn(
	folder: Folder,
	name: string,
	flags: number,
	mode: number,
	{ umask, serverUmask }: Masks,
): { fd: number; stat: Stats } | typeof LINK {
	const wanted = mode & 0o7777 & ~umask;
	const path = at(folder, name);
	let fd: number;
	if ((flags & CREAT) !== 0 && (wanted & serverUmask) !== 0) {
		// The operating system would remove mode bits that PHP wants: set afterwards, if this call has created the file.
		const made = createOrOpen(path, flags, wanted);
		if (typeof made === 'symbol') return made;
		fd = made.fd;
		if (made.created) fchmodSync(fd, wanted);
	} else {
		const opened = openPath(path, hostFlags(flags), wanted);
		if (typeof opened === 'symbol') return opened;
		fd = opened;
	}
	try {
		const stat = fstatSync(fd);
		if (!stat.isFile() && !stat.isDirectory()) throw refusal('ENXIO');
		if (folder.fd === undefined) verify(folder, name, stat);
		return { fd, stat };
	} catch (error) {
		closeSync(fd);
		throw error;
	}
}

function createOrOpen(
	path: string | Buffer,
	flags: number,
	mode: number,
): { fd: number; created: boolean } | typeof LINK {
	const host = hostFlags(flags);
	for (let attempts = 1; ; attempts++) {
		try {
			const fd = openSync(path, host | constants.O_EXCL, mode);
			return { fd, created: true };
		} catch (error) {
			if (codeOf(error) !== 'EEXIST' || (flags & EXCL) !== 0) throw error;
		}
		try {
			const opened = openPath(path, host & ~constants.O_CREAT, mode);
			return typeof opened === 'symbol' ? opened : { fd: opened, created: false };
		} catch (error) {
			if (codeOf(error) !== 'ENOENT' || attempts === ATTEMPTS) throw error;
		}
	}
}

function openPath(path: string | Buffer, flags: number, mode: number): number | typeof LINK {
	try {
		return openSync(path, flags, mode);
	} catch (error) {
		const code = codeOf(error);
		if (code === 'ELOOP') return LINK;
		if (code === 'ENOTDIR' && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) return LINK;
		throw error;
	}
}

/** Where folders are paths: checks that it is what lies there, and that no link has led elsewhere. */
function verify(folder: Folder, name: string, opened: Stats): void {
	const now = lstatSync(at(folder, name));
	if (now.ino !== opened.ino || now.dev !== opened.dev) throw refusal('EACCES');
	confirm(folder);
}

function hostFlags(flags: number): number {
	let host = flags & ACCESS_MODE;
	if ((flags & CREAT) !== 0) host |= constants.O_CREAT;
	if ((flags & EXCL) !== 0) host |= constants.O_EXCL;
	if ((flags & TRUNC) !== 0) host |= constants.O_TRUNC;
	if ((flags & APPEND) !== 0) host |= constants.O_APPEND;
	if ((flags & SYNC) !== 0) host |= constants.O_SYNC ?? 0;
	if ((flags & DIRECTORY) !== 0) host |= O_DIRECTORY;
	return host | O_NOFOLLOW | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);
}
