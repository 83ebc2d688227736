import { randomUUID } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { hostname } from 'node:os';
import type { Disk } from '../../../site/disk.ts';
import type { SystemFacts } from '../../../site/request-view.ts';
import { listServed, statServed } from '../files/served-files.ts';
import { RootMemory } from './root-memory.ts';

/** Caddy's, for `{file.*}`. */
const LARGEST_FILE = 1024 * 1024;
const SYSTEMS: Readonly<Record<string, string>> = { win32: 'windows' };
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** This machine, for placeholders. @param folder the one that relative paths belong to */
export function createSystemFacts(folder: string): SystemFacts {
	return {
		env: (name) => process.env[name] ?? '',
		hostname,
		os: SYSTEMS[process.platform] ?? process.platform,
		arch: ARCHITECTURES[process.arch] ?? process.arch,
		folder,
		readFile: (path) => {
			try {
				if (statSync(path).size > LARGEST_FILE) return '';
				return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
			} catch {
				return '';
			}
		},
		now: () => new Date(),
		uuid: randomUUID,
		statusText: (status) => STATUS_CODES[status] ?? '',
	};
}

/**
 * This machine's file system, for `file` matchers. What a link finds outside of the root is as if it were not there: PHP
 * may have put it there, and learn by the answer what there is.
 */
export const nodeDisk: Disk = {
	look: (path, root) => {
		const below = pathBelow(path, root);
		// A link is another thread's, and has come since.
		const stat = below && statServed(below.root, below.path);
		return stat && !stat.isSymbolicLink()
			? { isDirectory: stat.isDirectory(), size: stat.size, modified: stat.mtimeMs }
			: undefined;
	},
	list: (folder, root) => {
		const below = pathBelow(folder, root);
		try {
			return below === undefined ? [] : listServed(below.root, below.path).sort();
		} catch {
			return [];
		}
	},
};

const roots = new RootMemory();

/** Where a path leads below the real path of a root. */
function pathBelow(path: string, root: string): { root: string; path: string } | undefined {
	const found = roots.find(root);
	if (found === undefined) return undefined;
	try {
		const real = realpathSync.native(path);
		if (real === found) return { root: found, path: '/' };
		const prefix = found === '/' ? found : `${found}/`;
		return real.startsWith(prefix) ? { root: found, path: `/${real.slice(prefix.length)}` } : undefined;
	} catch {
		// Not a directory on the way, a name that is too long, no permission, a loop of links.
		return undefined;
	}
}
