/** A folder that PHP sees, by its real path (byte strings). */
export interface Guard {
	readonly real: string;
	readonly readOnly: boolean;
	/** The path that the operator has given, if it leads there through links: it may lead elsewhere one day. */
	readonly host?: string;
}

/**
 * The folders of which some are read-only, the innermost first. A folder's path as PHP sees it is not enough: PHP may also
 * see it through a folder around it, or through a link. Empty = none is read-only.
 */
export type GuardedFolders = readonly Guard[];

/** @param folders everything that a scope sees, and links that lead to what is read-only */
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

/** The same folders where links have been switched since. @param realPath undefined = it leads nowhere now */
export function guardNow(folders: GuardedFolders, realPath: (host: string) => string | undefined): GuardedFolders {
	if (!folders.some(({ host }) => host !== undefined)) return folders;
	const now = folders.map((folder) => ({
		...folder,
		real: (folder.host === undefined ? undefined : realPath(folder.host)) ?? folder.real,
	}));
	return now.some(({ real }, index) => real !== folders[index]?.real) ? guardFolders(now) : folders;
}
