import { copyFileSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileOfRule } from './prepare-processes.ts';

/** What its caller sees, and the programs that its caller may run. */
export type CallerOptions = {
	readonly visiblePaths: readonly string[];
	readonly processes?: readonly string[] | undefined;
	/** The folder that the caller sees as /tmp. */
	readonly temporary?: string | undefined;
};

/** `folder`: made for it. */
export type LaunchedScript = { file: string; folder: string | undefined };

/**
 * Finds the script for PHP as a program of PHP. It has to lie where its caller sees it. A program that is allowed and
 * written in PHP (composer) lies elsewhere: PHP gets a copy of the file.
 * @param workFolder one that no PHP sees: the caller could put a link in the way of what is written here
 * @returns undefined when there is none
 */
export function findScript(file: string, options: CallerOptions, workFolder: string): LaunchedScript | undefined {
	const { temporary } = options;
	const asked = path.resolve(file);
	// What PHP calls /tmp is a folder of its own.
	const inTemporary =
		temporary !== undefined && asked.startsWith('/tmp/') ? path.join(temporary, asked.slice('/tmp/'.length)) : asked;
	const found = [asked, inTemporary].map(realFile).find((real) => real !== undefined);
	if (found === undefined) return undefined;
	const folders = [...options.visiblePaths, ...(temporary === undefined ? [] : [temporary])].map(folderOf);
	if (folders.some((folder) => found.startsWith(folder.endsWith('/') ? folder : `${folder}/`))) {
		return { file: found, folder: undefined };
	}
	if (!isAllowedProgram(found, options.processes ?? [])) return undefined;
	const folder = mkdtempSync(path.join(workFolder, 'script-'));
	const copy = path.join(folder, path.basename(asked));
	copyFileSync(found, copy);
	return { file: copy, folder };
}

/** Cleans up after the run. */
export function removeScript({ folder }: LaunchedScript): void {
	if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}

function isAllowedProgram(file: string, rules: readonly string[]): boolean {
	return rules.some((rule) => rule === '*' || realFile(fileOfRule(rule, process.env.PATH ?? '')) === file);
}

function realFile(file: string | undefined): string | undefined {
	if (file === undefined) return undefined;
	try {
		return statSync(file).isFile() ? realpathSync(file) : undefined;
	} catch {
		return undefined;
	}
}

/** A file is visible together with its neighbours. */
function folderOf(visible: string): string {
	try {
		const real = realpathSync(visible);
		return statSync(real).isDirectory() ? real : path.dirname(real);
	} catch {
		return visible;
	}
}
