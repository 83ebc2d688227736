import type { Territory } from './root-folder.ts';

const folders = new Map<string, number>();

/**
 * Notes folders that PHP can write, so that no link that PHP puts there leads out of them.
 *
 * @param paths real, byte strings without a final '/'
 * @returns what undoes it
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

/** Where any PHP of this process can write now. Main thread only. */
export function territory(): Territory {
	return [...folders.keys()];
}
