/**
 * The folders of which some are read-only, by their real paths (byte strings), the innermost first. A folder's path as PHP
 * sees it is not enough: PHP may also see it through a folder around it, or through a link. Empty = none is read-only.
 */
export type GuardedFolders = readonly { readonly real: string; readonly readOnly: boolean }[];

/** @param folders real paths of everything that a scope sees */
export function guardFolders(folders: GuardedFolders): GuardedFolders {
	if (!folders.some(({ readOnly }) => readOnly)) return [];
	// Of one that is shown twice, the way there decides.
	return folders.toSorted((a, b) => b.real.length - a.real.length || Number(a.readOnly) - Number(b.readOnly));
}

/** Whether a real path lies in a read-only folder: the innermost one around it decides. */
export function isGuarded(real: string, folders: GuardedFolders): boolean {
	return folders.find((folder) => real === folder.real || real.startsWith(`${folder.real}/`))?.readOnly === true;
}

/** Whether a read-only folder lies in there: moved, it would be another one. */
export function holdsGuarded(real: string, folders: GuardedFolders): boolean {
	return folders.some((folder) => folder.readOnly && (folder.real === real || folder.real.startsWith(`${real}/`)));
}
