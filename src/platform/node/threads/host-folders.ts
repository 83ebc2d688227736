import type { EmscriptenFs } from '../../../php-thread/emscripten.ts';
import { ERRNO } from '../../../php-thread/errno.ts';
import { renameOverWhatOthersCreate } from '../../../php-thread/shared-renames.ts';

const O_CREAT = 0o100;
const O_EXCL = 0o200;

/** A folder of the host and where PHP sees it. */
export type HostFolder = { host: string; visible: string };

/**
 * Mounts folders of the host into a PHP instance. Nothing else of the host is visible: symbolic links are resolved by
 * the instance's own file system, in which only these folders exist.
 */
export function mountHostFolders(fs: EmscriptenFs, folders: readonly HostFolder[]): void {
	openWhatOthersCreate(fs);
	renameOverWhatOthersCreate(fs);
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

/**
 * Emscripten creates a file in two steps, and throws when another thread creates it in between. Unless the caller wants
 * to be the only one (O_EXCL), the second attempt then finds the file, as open(2) would have.
 */
function openWhatOthersCreate(fs: EmscriptenFs): void {
	const open = fs.open.bind(fs);
	fs.open = (path, flags, mode) => {
		try {
			return open(path, flags, mode);
		} catch (error) {
			const exists = (error as { errno?: number }).errno === ERRNO.EEXIST;
			if (!exists || (flags & (O_CREAT | O_EXCL)) !== O_CREAT) throw error;
			return open(path, flags, mode);
		}
	};
}

function isInside(inner: string, outer: string): boolean {
	return inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
}
