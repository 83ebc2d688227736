import type { AppFiles } from '../host/protocol.ts';
import { problemOfName } from './file-names.ts';

/** What somebody has made of an app: whole files, so that it can be applied to a later version of the app, too. */
export type Difference = {
	/** New or changed files, with all of their content. */
	readonly changed: AppFiles;
	readonly removed: readonly string[];
};

/** No difference. */
export const NO_DIFFERENCE: Difference = { changed: {}, removed: [] };

/** What turns `base` into `files`. */
export function differenceOf(base: AppFiles, files: AppFiles): Difference {
	const changed = Object.entries(files).filter(([name, content]) => ownContent(base, name) !== content);
	const removed = Object.keys(base).filter((name) => ownContent(files, name) === undefined);
	return { changed: Object.fromEntries(changed), removed };
}

/** `base` with the difference. */
export function applyDifference(base: AppFiles, { changed, removed }: Difference): AppFiles {
	const files = { ...base, ...changed };
	for (const name of removed) delete files[name];
	return files;
}

/** How many files differ. */
export function countOf({ changed, removed }: Difference): number {
	return Object.keys(changed).length + removed.length;
}

/** Checks what came out of a link or of the browser's storage. @returns undefined when it is no difference */
export function readDifference(value: unknown): Difference | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	const { changed, removed } = value as Partial<Record<keyof Difference, unknown>>;
	if (typeof changed !== 'object' || changed === null || Array.isArray(changed) || !Array.isArray(removed)) {
		return undefined;
	}
	const files = Object.entries(changed);
	if (!files.every((entry): entry is [string, string] => typeof entry[1] === 'string')) return undefined;
	const names = [...Object.keys(changed), ...removed];
	if (!names.every((name) => typeof name === 'string' && problemOfName(name) === undefined)) return undefined;
	return { changed: Object.fromEntries(files), removed: [...(removed as string[])] };
}

/** Not what `Object.prototype` has, for a file called `constructor`. */
function ownContent(files: AppFiles, name: string): string | undefined {
	return Object.hasOwn(files, name) ? files[name] : undefined;
}
