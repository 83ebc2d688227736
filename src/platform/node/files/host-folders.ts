import { toByteString } from '../../../bytes/byte-string.ts';
import type { HostFiles, MemoryPaths } from '../../../php-thread/files/host-files.ts';
import { NodeHostFiles } from './node-host-files.ts';
import type { GuardedFolders } from './read-only-folders.ts';
import type { Reserved } from './reserved.ts';
import type { Mount } from './resolver.ts';

/** A folder of the host and where PHP sees it. */
export type HostFolder = {
	host: string;
	visible: string;
	readOnly?: boolean | undefined;
	/** The operator has named it by itself: it is shown even if it is visible through another one. */
	named?: boolean;
};

/**
 * What a PHP instance sees of the host: these folders, and nothing else.
 *
 * @param territory real paths of all folders that any PHP can write, byte strings
 * @param reserved what PHP must not change; see reserved.ts
 * @param guarded see read-only-folders.ts
 * @param umask of this process
 */
export function openHostFolders(
	folders: readonly HostFolder[],
	territory: readonly string[],
	reserved: Reserved,
	guarded: GuardedFolders,
	umask: number,
	memory: MemoryPaths,
): HostFiles {
	// A folder inside another one that is visible already is visible through it, unless that one is an alias, or PHP may do
	// something else there: the private /tmp must not hide an application that lies in the host's /tmp.
	const sorted = [...folders].sort((a, b) => a.visible.length - b.visible.length);
	const shown: HostFolder[] = [];
	for (const folder of sorted) {
		const outer = shown.findLast((other) => isInside(folder.visible, other.visible));
		const isSame = outer?.host === outer?.visible && (outer?.readOnly ?? false) === (folder.readOnly ?? false);
		if (folder.named === true || outer === undefined || !isSame) shown.push(folder);
	}
	const mounts: Mount[] = shown.map(({ host, visible, readOnly = false }) => ({
		host: bare(host),
		visible: bare(visible),
		readOnly,
	}));
	return new NodeHostFiles({ mounts, memory, territory, reserved, guarded, serverUmask: umask });
}

/** As a byte string, without a final '/'. */
function bare(path: string): string {
	return toByteString(path.replace(/\/+$/, ''));
}

function isInside(inner: string, outer: string): boolean {
	return inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
}
