import { readlinkSync } from 'node:fs';
import { asRoot, at, closeFolder, type Folder, openFolder, openRealFolder, openTop } from './folder.ts';
import { codeOf, refusal } from './host-error.ts';

const MOST_LINKS = 40;

/** Where PHP can write: real paths of the host, byte strings without a final '/'. */
export type Territory = readonly string[];

/**
 * Opens a visible folder by the path that the operator has given. Links on the way are the operator's, so they are
 * followed, also when they change; but a link that lies where PHP can write must not lead out of there.
 *
 * @param path absolute, a byte string
 * @returns the folder, and its real path now
 */
export function openRoot(path: string, territory: Territory, byDescriptors: boolean): { folder: Folder; real: string } {
	if (!byDescriptors) {
		const folder = openRealFolder(path);
		return { folder, real: folder.prefix.slice(0, -1) };
	}
	const folders = [openTop(true)];
	let names: string[] = [];
	let parts = split(path);
	let links = 0;
	let ledByPhp = false;
	const back = (depth: number): void => {
		for (const folder of folders.splice(depth)) closeFolder(folder);
		names.length = depth - 1;
	};
	try {
		for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
			if (part === '..') {
				back(Math.max(1, folders.length - 1));
				continue;
			}
			const here = folders.at(-1) as Folder;
			const next = openFolder(here, part, path);
			if (next !== undefined) {
				folders.push(next);
				names.push(part);
				continue;
			}
			const target = linkTarget(here, part);
			if (target === undefined) throw refusal('ENOTDIR');
			if (++links > MOST_LINKS) throw refusal('ELOOP');
			ledByPhp ||= isIn(names, territory);
			if (target.startsWith('/')) back(1);
			parts = [...split(target), ...parts];
		}
		if (ledByPhp && !isIn(names, territory)) throw refusal('EACCES');
		const found = folders.pop() as Folder;
		return { folder: asRoot(found, path), real: `/${names.join('/')}` };
	} finally {
		names = [];
		for (const folder of folders) closeFolder(folder);
	}
}

/** The text of a link; undefined = it is not a link. */
export function linkTarget(folder: Folder, name: string): string | undefined {
	try {
		return readlinkSync(at(folder, name), 'latin1');
	} catch (error) {
		if (codeOf(error) === 'EINVAL') return undefined;
		throw error;
	}
}

/** The names in a path. */
export function split(path: string): string[] {
	return path.split('/').filter((part) => part !== '' && part !== '.');
}

function isIn(names: readonly string[], territory: Territory): boolean {
	const path = `/${names.join('/')}/`;
	return territory.some((folder) => path.startsWith(folder === '/' ? '/' : `${folder}/`));
}
