import type { Territory } from './root-folder.ts';

const folders = new Map<string, number>();

/**
 * Notes folders that PHP can write, so that a link that PHP has put there leads nobody out of them.
 *
 * @param paths real, byte strings without a final '/'
 * @returns takes them back
 */
export function addTerritory(paths: readonly string[]): () => void {
	for (const path of paths) folders.set(path, (folders.get(path) ?? 0) + 1);
	return () => {
		for (const path of paths) {
			const count = (folders.get(path) ?? 0) - 1;
			if (count > 0) folders.set(path, count);
			else folders.delete(path);
		}
	};
}

/** Where PHP can write now, in all of this process. Main thread only. */
export function territory(): Territory {
	return [...folders.keys()];
}
