import { lstatSync, mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';

/** Permission to write for a group, and for everybody. */
const WRITABLE_BY_OTHERS = 0o022;
/** Only owners may rename or remove what lies in such a folder. */
const STICKY = 0o1000;

let found: { readonly folder: string | undefined } | undefined;

/**
 * Where Node keeps Igor's JavaScript compiled, so that processes and threads after the first one start sooner: the cache
 * folder of the user. Node runs what it finds there, so nobody else may be able to write it; PHP may not, either, see
 * `reserve()`. Undefined = there is none; then everything is compiled each time. Main thread only.
 */
export function codeCacheFolder(): string | undefined {
	found ??= { folder: openFolder() };
	return found.folder;
}

/** What PHP must not write even if this process does not use it: other processes of the user may. */
export function codeCaches(): string[] {
	const folder = cacheOfUser();
	return folder === undefined ? [] : [folder];
}

/** Has this process use the cache for what it loads from now on: for the command line, not for a program with the library. */
export function useCodeCache(): void {
	const folder = codeCacheFolder();
	if (folder !== undefined) enableCompileCache(folder);
}

function openFolder(): string | undefined {
	const folder = process.env.NODE_DISABLE_COMPILE_CACHE === '1' ? undefined : cacheOfUser();
	if (folder === undefined) return undefined;
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		return isOurs(folder) ? folder : undefined;
	} catch {
		// It cannot be written.
		return undefined;
	}
}

function cacheOfUser(): string | undefined {
	try {
		return path.join(path.resolve(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache')), 'igor', 'code');
	} catch {
		// The user has no home.
		return undefined;
	}
}

/** Whether nobody but this user, and root, can put something else in a folder's place, or into it. */
function isOurs(folder: string): boolean {
	const user = process.geteuid?.();
	for (let at = folder; ; at = path.dirname(at)) {
		const { uid, mode } = lstatSync(at);
		// A link says nothing of the folders around what it leads to.
		if ((mode & 0o170000) !== 0o040000) return false;
		if (user !== undefined) {
			if (uid !== user && uid !== 0) return false;
			const isShared = at !== folder && (mode & STICKY) !== 0;
			if ((mode & WRITABLE_BY_OTHERS) !== 0 && !isShared) return false;
		}
		if (at === path.dirname(at)) return true;
	}
}
