import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { HostFolder } from '../threads/host-folders.ts';
import type { ProcessSettings } from './node-processes.ts';
import { type PhpLauncher, writePhpLauncher } from './php-launcher.ts';

/** Where programs are looked up when the server has no PATH. */
const USUAL_PATH = '/usr/local/bin:/usr/bin:/bin';

/** What programs of one application are started with, and what has to go afterwards. */
export type PreparedProcesses = { settings: ProcessSettings; dispose(): void };

/**
 * Prepares running programs. The server's PATH is taken now.
 * @param rules names, absolute paths, or `*`
 * @param igor bin/igor.js
 * @param launched what `igor php` is to read, for PHP as a program
 */
export function prepareProcesses(
	rules: readonly string[],
	folders: readonly HostFolder[],
	igor: string,
	launched: unknown,
	interactive: boolean,
): PreparedProcesses {
	const anything = rules.includes('*');
	let launcher: PhpLauncher | undefined;
	if (anything || rules.includes('php')) launcher = writePhpLauncher(igor, launched);
	return {
		settings: {
			rules,
			path: searchPath(anything ? [] : folders),
			php: launcher && { shown: launcher.file, file: launcher.file },
			interactive,
		},
		dispose: () => launcher?.remove(),
	};
}

/** The server's PATH without the folders into which PHP could put a program of an allowed name (node_modules/.bin). */
function searchPath(visible: readonly HostFolder[]): string {
	const roots = visible.map(({ host }) => real(host));
	return (process.env.PATH ?? USUAL_PATH)
		.split(path.delimiter)
		.filter((folder) => path.isAbsolute(folder))
		.filter((folder) => !roots.some((root) => isInside(real(folder), root)))
		.join(path.delimiter);
}

function isInside(folder: string, root: string): boolean {
	const relative = path.relative(root, folder);
	return relative === '' || (!relative.startsWith('..') && !path.isAbsolute(relative));
}

function real(folder: string): string {
	try {
		return realpathSync(folder);
	} catch {
		return path.resolve(folder);
	}
}
