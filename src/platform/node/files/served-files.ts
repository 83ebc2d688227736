import { closeSync, constants, lstatSync, readdirSync, type Stats } from 'node:fs';
import { fromByteString, toByteString } from '../../../bytes/byte-string.ts';
import { theMoment } from './disk-moment.ts';
import { at, closeFolder, HAS_DESCRIPTORS } from './folder.ts';
import { refusal } from './host-error.ts';
import { type KeptFile, keepFile, keptFile } from './kept-files.ts';
import { openIn } from './open-file.ts';
import { LINK, Resolver } from './resolver.ts';
import { openRoot } from './root-folder.ts';
import { territory } from './territory.ts';

// Files that the server itself opens. Main thread only.

/** More than any configuration needs; a placeholder in a root lets clients choose. */
const MOST_ROOTS = 100;
const NO_MASKS = { umask: 0, serverUmask: 0 };
const O_DIRECTORY = 0o200000;
const NO_THROW = { throwIfNoEntry: false } as const;
const resolvers = new Map<string, Resolver>();

/**
 * Opens a file in a folder for reading, without following any link: the server sends just what it has decided about. The
 * descriptor is the caller's.
 *
 * @param root absolute and real
 * @param path below it, beginning with '/', without links
 * @throws an error with a `code` when it is gone, or something else is there
 */
export function openServed(root: string, path: string): { fd: number; stat: Stats } {
	return within(root, path, (opened) => {
		if (opened.stat.isFile()) return opened;
		closeSync(opened.fd);
		throw refusal('EISDIR');
	});
}

/**
 * The same for a path that may be anything. What is no file is not even opened: a pipe would notice it.
 *
 * @param most a file of at most so many bytes stays open for the next request, `kept`: then the descriptor is to be used at
 *   once, and not the caller's
 * @returns undefined where there are no descriptors of folders; when there is no file, or a link on the way to it
 */
export function openDirectly(
	root: string,
	path: string,
	most: number,
): { fd: number; stat: Stats; kept?: KeptFile } | undefined {
	if (!HAS_DESCRIPTORS) return undefined;
	const whole = visible(root, path);
	try {
		return resolverOf(root).within(whole, false, (folder, name) => {
			const moment = theMoment();
			const looked = moment?.file === whole ? moment.stat : lstatSync(at(folder, name), NO_THROW);
			if (looked?.isFile() !== true) return undefined;
			const kept = keptFile(whole, looked);
			if (kept !== undefined) return { fd: kept.fd, stat: kept.stat, kept };
			const opened = openIn(folder, name, constants.O_RDONLY, 0, NO_MASKS);
			if (opened === LINK) return LINK;
			const { fd, stat } = opened;
			if (!stat.isFile()) {
				closeSync(fd);
				return undefined;
			}
			return stat.size <= most ? { fd, stat, kept: keepFile(whole, fd, stat) } : { fd, stat };
		});
	} catch {
		return undefined;
	}
}

/**
 * What is at a path, if that takes one look: its folder is open from an earlier request, and there is no link.
 *
 * @returns undefined = look with more effort; `null` = nothing that is served
 */
export function lookDirectly(root: string, path: string): 'file' | 'directory' | null | undefined {
	const resolver = HAS_DESCRIPTORS ? resolvers.get(root) : undefined;
	if (resolver === undefined) return undefined;
	const whole = visible(root, path);
	try {
		return resolver.atOnce(whole, (folder, name) => {
			const stat = lstatSync(at(folder, name), NO_THROW);
			if (stat?.isSymbolicLink() === true) return LINK;
			if (stat?.isFile() !== true) return stat?.isDirectory() === true ? 'directory' : null;
			const moment = theMoment();
			if (moment !== undefined) Object.assign(moment, { file: whole, stat });
			return 'file';
		});
	} catch {
		return undefined;
	}
}

/** The names in a folder, in the same way. */
export function listServed(root: string, path: string): string[] {
	return within(
		root,
		path,
		({ fd }) => {
			try {
				return readdirSync(HAS_DESCRIPTORS ? `/proc/self/fd/${fd}` : root + path);
			} finally {
				closeSync(fd);
			}
		},
		O_DIRECTORY,
	);
}

/** What is there, in the same way; links are not followed. Undefined = nothing. */
export function statServed(root: string, path: string): Stats | undefined {
	try {
		return resolverOf(root).within(visible(root, path), false, (folder, name) =>
			lstatSync(at(folder, name), NO_THROW),
		) as Stats | undefined;
	} catch {
		return undefined;
	}
}

/**
 * The real path of a folder that the configuration names; undefined = there is none, or PHP has put a link there that leads
 * out of where PHP can write.
 *
 * @param path absolute
 */
export function realRoot(path: string): string | undefined {
	try {
		const { folder, real } = openRoot(toByteString(path), territory(), HAS_DESCRIPTORS);
		closeFolder(folder);
		return fromByteString(real);
	} catch {
		return undefined;
	}
}

function within<T>(root: string, path: string, use: (opened: { fd: number; stat: Stats }) => T, flags = 0): T {
	return resolverOf(root).within(visible(root, path), false, (folder, name) => {
		const opened = openIn(folder, name, constants.O_RDONLY | flags, 0, NO_MASKS);
		return opened === LINK ? LINK : use(opened);
	});
}

function resolverOf(root: string): Resolver {
	let resolver = resolvers.get(root);
	if (resolver === undefined) {
		if (resolvers.size >= MOST_ROOTS) {
			for (const old of resolvers.values()) old.close();
			resolvers.clear();
		}
		const path = visible(root, '');
		resolver = new Resolver([{ host: path, visible: path }], { territory, links: false, mostOpen: 16 });
		resolvers.set(root, resolver);
	}
	return resolver;
}

function visible(root: string, path: string): string {
	return toByteString((root === '/' ? '' : root) + (path === '/' ? '' : path));
}
