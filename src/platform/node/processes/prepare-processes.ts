import { realpathSync } from 'node:fs';
import { delimiter, isAbsolute, relative, resolve } from 'node:path';
import type { ClosedPorts } from '../../../shared-memory/closed-ports.ts';
import type { HostFolder } from '../files/host-folders.ts';
import { findProgram, isExecutable, type ProcessSettings } from './node-processes.ts';
import { type PhpLauncher, writePhpLauncher } from './php-launcher.ts';

/** Where programs are looked up when the server has no PATH. */
const USUAL_PATH = '/usr/local/bin:/usr/bin:/bin';

/** What the programs of one scope are started with, and how to clean up afterwards. */
export type PreparedProcesses = { settings: ProcessSettings; dispose(): void };

/**
 * Prepares for running programs. Reads the server's PATH now.
 * @param rules names, absolute paths, or `*`
 * @param igor bin/igor.js
 * @param launched what `igor php` is to read, for PHP as a program; it changes with `ports`
 */
export function prepareProcesses(
	rules: readonly string[],
	folders: readonly HostFolder[],
	igor: string,
	launched: () => unknown,
	ports: Pick<ClosedPorts, 'changed'>,
	interactive: boolean,
): PreparedProcesses {
	const anything = rules.includes('*');
	let launcher: PhpLauncher | undefined;
	if (anything || rules.includes('php')) launcher = writePhpLauncher(igor, launched());
	const update = (): void => launcher?.write(launched());
	ports.changed.add(update);
	const path = searchPath(anything ? [] : folders);
	const named = rules.filter((rule) => rule !== '*' && rule !== 'php');
	return {
		settings: {
			rules,
			path,
			shown: named.map((rule) => fileOfRule(rule, path)).filter((file) => file !== undefined),
			php: launcher && { shown: launcher.file, file: launcher.file },
			interactive,
		},
		dispose: () => {
			ports.changed.delete(update);
			launcher?.remove();
		},
	};
}

/** The program that a rule names; undefined = it does not exist. */
export function fileOfRule(rule: string, searchPath: string): string | undefined {
	if (!rule.startsWith('/')) return findProgram(rule, searchPath);
	return isExecutable(rule) ? rule : undefined;
}

/** The server's PATH without the folders into which PHP could put a program of an allowed name (node_modules/.bin). */
function searchPath(visible: readonly HostFolder[]): string {
	const roots = visible.map(({ host }) => real(host));
	return (process.env.PATH ?? USUAL_PATH)
		.split(delimiter)
		.filter((folder) => isAbsolute(folder))
		.filter((folder) => !roots.some((root) => isInside(real(folder), root)))
		.join(delimiter);
}

function isInside(folder: string, root: string): boolean {
	const way = relative(root, folder);
	return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}

function real(folder: string): string {
	try {
		return realpathSync(folder);
	} catch {
		return resolve(folder);
	}
}
