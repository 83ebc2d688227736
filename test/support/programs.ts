import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/*
 * Programs of this machine that some tests need. Each function says what is missing, for lacking(): one sentence, or
 * undefined when the tests can run. On a build machine nothing is missing: there they run, and fail.
 */

/** A program on the PATH. */
export function missingProgram(program: string, debianPackage = program): string | undefined {
	if (process.env.CI || pathOf(program) !== undefined) return undefined;
	return `${program} is not on this machine: install Debian's ${debianPackage}.`;
}

/** Native PHP with these extensions: what Igor's PHP is compared with, and shares files with. */
export function missingPhp(...extensions: readonly string[]): string | undefined {
	const missing = missingProgram('php', 'php-cli');
	if (missing !== undefined || process.env.CI) return missing;
	const loaded = execFileSync('php', ['-m'], { encoding: 'utf8' }).toLowerCase().split('\n');
	const lacks = extensions.filter((extension) => !loaded.includes(extension.toLowerCase()));
	return lacks.length === 0 ? undefined : `The php of this machine has no ${lacks.join(' and no ')}.`;
}

function pathOf(program: string): string | undefined {
	const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
	return folders
		.map((folder) => join(folder, program))
		.find((path) => {
			try {
				accessSync(path, constants.X_OK);
				return true;
			} catch {
				return false;
			}
		});
}
