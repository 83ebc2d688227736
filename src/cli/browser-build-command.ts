import { resolve } from 'node:path';
import type { Command } from 'commander';
import { DEFAULTS } from '../config/defaults.ts';
import { PHP_VERSIONS, type PhpVersion } from '../config/values.ts';
import { phpVersions } from './repeated-options.ts';

/** A folder named on the command line that cannot be written. */
class FolderError extends Error {
	override readonly name = 'FolderError';
	readonly code = 'cannot_write';
}

/** Adds `igor browser-build`. */
export function addBrowserBuild(program: Command): void {
	program
		.command('browser-build')
		.description('Write what a page needs to run PHP by igor-php/browser')
		.argument('<dir>', 'the folder, which the page loads from its host')
		.option(
			'--php <version>',
			`PHP version (repeatable; default: ${DEFAULTS.phpVersion}): ${PHP_VERSIONS.join(', ')}`,
			phpVersions,
		)
		.action(async (folder: string, { php }: { php?: readonly PhpVersion[] }) => {
			const { writeBrowserBuild } = await import('../platform/node/browser-build/write-browser-build.ts');
			const files = await writeBrowserBuild(resolve(folder), php ?? [DEFAULTS.phpVersion]).catch(
				(error: NodeJS.ErrnoException) => {
					if (error.syscall === undefined) throw error;
					throw new FolderError(`${resolve(folder)} cannot be written (${error.message}); check the path.`);
				},
			);
			process.stdout.write(
				`Wrote ${files.length} files to ${folder}; service-worker.js has to lie beside the page, so copy it there.\n`,
			);
		});
}
