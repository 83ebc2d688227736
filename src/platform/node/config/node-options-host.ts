import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { OptionsHost } from '../../../config/options.ts';

/** The files of this machine, for the validation of options. */
export function createOptionsHost(): OptionsHost {
	const cwd = process.cwd();
	return {
		cwd,
		variables: process.env,
		resolve: (path) => resolve(cwd, path),
		look(path) {
			try {
				const stat = statSync(path);
				accessSync(path, constants.R_OK);
				return { kind: stat.isDirectory() ? 'directory' : 'file', realPath: realpathSync.native(path) };
			} catch {
				return undefined;
			}
		},
	};
}
