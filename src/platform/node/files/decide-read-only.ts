import { lstat, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';
import { toByteString } from '../../../bytes/byte-string.ts';
import type { HostFolder } from './host-folders.ts';
import { type Guard, type GuardedFolders, guardFolders, isGuarded } from './read-only-folders.ts';

const MOST_LINKS = 40;

/**
 * Decides what PHP may change. What the operator has named goes before what is shown anyway, such as the current
 * directory: that is read-only, too, if it is or lies in something that is named so.
 *
 * @returns the folders in the same order, what is read-only by its real path, and the real paths of the others
 */
export async function decideReadOnly(
	all: readonly HostFolder[],
): Promise<{ folders: HostFolder[]; guarded: GuardedFolders; writable: string[] }> {
	const named = all.filter((folder) => folder.named === true);
	const known = await Promise.all(
		all
			.filter((folder) => folder.named === true || !named.some(({ visible }) => visible === folder.visible))
			.map(async (folder) => ({ folder, real: toByteString(await realpath(folder.host)) })),
	);
	const byOperator = guardFolders(
		known
			.filter(({ folder }) => folder.named === true)
			.map(({ folder, real }) => ({ real, readOnly: folder.readOnly === true })),
	);
	// Not what is shown at another path: that is PHP's own /tmp.
	const isImplied = ({ host, visible, named }: HostFolder): boolean => named !== true && host === visible;
	const decided = known.map(({ folder, real }) => ({
		real,
		folder: { ...folder, readOnly: folder.readOnly === true || (isImplied(folder) && isGuarded(real, byOperator)) },
	}));
	const guards = await Promise.all(decided.map(({ folder, real }) => guardsOf(folder, real)));
	return {
		folders: decided.map(({ folder }) => folder),
		guarded: guardFolders(guards.flat()),
		writable: decided.filter(({ folder }) => !folder.readOnly).map(({ real }) => real),
	};
}

/** The folder, and the links that lead there: whoever replaces one has replaced what lies behind it. */
async function guardsOf({ host, readOnly = false }: HostFolder, real: string): Promise<Guard[]> {
	const given = toByteString(path.resolve(host));
	const guard: Guard = { real, readOnly, ...(given !== real && { host: given }) };
	if (!readOnly || given === real) return [guard];
	return [guard, ...(await linksOn(host)).map((link) => ({ real: toByteString(link), readOnly: true }))];
}

/** The real places of all links on the way to a folder. */
async function linksOn(folder: string): Promise<string[]> {
	const links: string[] = [];
	let parts = path.resolve(folder).split('/').filter(Boolean);
	let here = '/';
	for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
		const next = path.join(here, part);
		if (!(await lstat(next)).isSymbolicLink()) here = next;
		else if (links.push(next) > MOST_LINKS) break;
		else {
			const target = path.resolve(here, await readlink(next));
			parts = [...target.split('/').filter(Boolean), ...parts];
			here = '/';
		}
	}
	return links;
}
