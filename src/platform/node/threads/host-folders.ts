import type { EmscriptenFs } from '../../../php-thread/emscripten.ts';
import { bearWithOtherThreads } from '../../../php-thread/file-races.ts';

/** A folder of the host and where PHP sees it. */
export type HostFolder = { host: string; visible: string };

/**
 * Mounts folders of the host into a PHP instance. Nothing else of the host is visible: symbolic links are resolved by
 * the instance's own file system, in which only these folders exist.
 */
export function mountHostFolders(fs: EmscriptenFs, folders: readonly HostFolder[]): void {
	bearWithOtherThreads(fs);
	// A folder inside another one that is mounted already is visible through it, unless that one is an alias: the
	// private /tmp must not hide an application that lies in the host's /tmp.
	const sorted = [...folders].sort((a, b) => a.visible.length - b.visible.length);
	const mounted: HostFolder[] = [];
	for (const folder of sorted) {
		if (mounted.some((outer) => outer.host === outer.visible && isInside(folder.visible, outer.visible))) continue;
		fs.mkdirTree(folder.visible);
		fs.mount(fs.filesystems.NODEFS, { root: folder.host }, folder.visible);
		mounted.push(folder);
	}
}

function isInside(inner: string, outer: string): boolean {
	return inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
}
