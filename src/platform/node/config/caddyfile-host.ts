import { globSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { CaddyfileHost } from '../../../caddyfile/host.ts';
import { reserve } from '../files/reserved.ts';

/**
 * This machine, for the Caddyfile front end.
 *
 * @param variables environment variables that `{$NAME}` may name
 */
export function createCaddyfileHost(variables: Readonly<Record<string, string | undefined>>): CaddyfileHost {
	return {
		variable: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
		glob: (pattern, fromFile) => {
			const cwd = dirname(resolve(fromFile));
			// Another file there would be read, too. (Beside the Caddyfile itself lies the application.)
			const folder = /^([^*?[{]*)\//.exec(pattern)?.[1];
			if (folder !== undefined && resolve(cwd, folder) !== cwd) reserve(resolve(cwd, folder));
			return globSync(pattern, { cwd })
				.map((path) => resolve(cwd, path))
				.sort();
		},
		read(path) {
			try {
				const text = readFileSync(path, 'utf8');
				// It will be read again, at a reload.
				reserve(path);
				return text;
			} catch {
				return undefined;
			}
		},
	};
}
