import { closeSync, constants, fstatSync, lstatSync, openSync, realpathSync, type Stats, statSync } from 'node:fs';
import { type PathArgument, pathArgument } from './byte-paths.ts';
import { codeOf, refusal } from './host-error.ts';

/** Of Linux; Node has no name for it. A descriptor that only stands for what it names: opening it has no effect. */
export const O_PATH = 0o10000000;
/** Node leaves out the flags that a platform does not have. */
export const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0;
export const O_DIRECTORY = constants.O_DIRECTORY ?? 0;
const NO_THROW = { throwIfNoEntry: false } as const;
const FOLDER = O_PATH | O_DIRECTORY | O_NOFOLLOW;

/**
 * Whether names can be used in an open folder, by `/proc/self/fd`. On other systems than Linux a folder is its real path,
 * and what was done by a path is checked afterwards; see `confirm`.
 */
export const HAS_DESCRIPTORS = process.platform === 'linux' && hasProcess();

/** An open folder. What is done with a name in it happens there, whatever happens to the folder's own path. */
export interface Folder {
	/** Undefined = this folder is its path. */
	readonly fd: number | undefined;
	/** Names in it begin with this. */
	readonly prefix: string;
	/** Where it was found, for `isCurrent`. */
	readonly where: PathArgument;
	/** The path leads there through links: that of a visible folder itself, which the operator has chosen. */
	readonly isRoot: boolean;
	readonly dev: number;
	readonly ino: number;
	readonly born: number;
}

/** A name in a folder, for Node. */
export function at(folder: Folder, name: string): PathArgument {
	return pathArgument(folder.prefix + name);
}

/**
 * Opens a folder by its name in another one, never through a link.
 *
 * @param path a path of the host that leads there, too; it is only compared with
 * @returns undefined when the name is no folder; throws when it is not there
 */
export function openFolder(parent: Folder, name: string, path: string): Folder | undefined {
	if (parent.fd === undefined) {
		const stat = lstatSync(at(parent, name));
		return stat.isDirectory() ? byPath(parent.prefix + name, path, stat, false) : undefined;
	}
	let fd: number;
	try {
		fd = openSync(at(parent, name), FOLDER);
	} catch (error) {
		const code = codeOf(error);
		if (code === 'ENOTDIR' || code === 'ELOOP') return undefined;
		throw error;
	}
	return byDescriptor(fd, path, false);
}

/** The folder that everything else lies in. */
export function openTop(byDescriptors: boolean): Folder {
	return byDescriptors
		? byDescriptor(openSync('/', O_PATH | O_DIRECTORY), '/', false)
		: byPath('/', '/', statSync('/'), false);
}

/** The same folder, under another path from now on. */
export function asRoot(folder: Folder, path: string): Folder {
	return { ...folder, where: pathArgument(path), isRoot: true };
}

/** The folder that a path leads to through links. For hosts whose folders are paths. */
export function openRealFolder(path: string): Folder {
	const real = realpathSync.native(path);
	return byPath(real, path, statSync(real), true);
}

export function closeFolder(folder: Folder): void {
	if (folder.fd !== undefined) closeSync(folder.fd);
}

/** Whether the folder is still what its path names. Only a check: what is used is what was opened. */
export function isCurrent(folder: Folder): boolean {
	try {
		const now = folder.isRoot ? statSync(folder.where, NO_THROW) : lstatSync(folder.where, NO_THROW);
		// Inode numbers may exceed what a double holds exactly.
		return now !== undefined && now.ino === folder.ino && now.dev === folder.dev && now.birthtimeMs === folder.born;
	} catch {
		return false;
	}
}

/** Where a folder is its path: checks that it still is. Throws when somebody has put a link in the way. */
export function confirm(folder: Folder): void {
	if (folder.fd !== undefined) return;
	const path = folder.prefix.length > 1 ? folder.prefix.slice(0, -1) : folder.prefix;
	if (realpathSync.native(path) !== path) throw refusal('EACCES');
}

function byDescriptor(fd: number, path: string, isRoot: boolean): Folder {
	const { dev, ino, birthtimeMs: born } = fstatSync(fd);
	return { fd, prefix: `/proc/self/fd/${fd}/`, where: pathArgument(path), isRoot, dev, ino, born };
}

function byPath(real: string, path: string, { dev, ino, birthtimeMs: born }: Stats, isRoot: boolean): Folder {
	const prefix = real.endsWith('/') ? real : `${real}/`;
	return { fd: undefined, prefix, where: pathArgument(path), isRoot, dev, ino, born };
}

function hasProcess(): boolean {
	return statSync('/proc/self/fd', { throwIfNoEntry: false }) !== undefined;
}
