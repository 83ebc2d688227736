import { globSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { CaddyfileHost } from '../../../caddyfile/host.ts';

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
			return globSync(pattern, { cwd })
				.map((path) => resolve(cwd, path))
				.sort();
		},
		read(path) {
			try {
				return readFileSync(path, 'utf8');
			} catch {
				return undefined;
			}
		},
	};
}
