import { realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { FileProbe, Found } from '../../../site/php/file-probe.ts';
import { lookDirectly } from '../files/served-files.ts';

/**
 * Looks at the disk, synchronously: a stat of a local file takes 2 µs, an asynchronous one ten times that.
 *
 * @param root absolute and real
 */
export function createFileProbe(root: string): FileProbe {
	const prefix = root.endsWith(sep) ? root : root + sep;
	return {
		look(path: string): Found | undefined {
			const kind = lookDirectly(root, path);
			if (kind !== undefined) return kind === null ? undefined : { kind, realPath: path };
			const absolute = join(root, path);
			try {
				const stat = statSync(absolute, { throwIfNoEntry: false });
				const kind = stat?.isFile() ? 'file' : stat?.isDirectory() ? 'directory' : undefined;
				if (kind === undefined) return undefined;
				const real = realpathSync.native(absolute);
				if (real !== root && !real.startsWith(prefix)) return undefined;
				return { kind, realPath: `/${relative(root, real).split(sep).join('/')}` };
			} catch {
				// Not a directory on the way, a name that is too long, no permission, a loop of links: nothing to serve.
				return undefined;
			}
		},
	};
}
