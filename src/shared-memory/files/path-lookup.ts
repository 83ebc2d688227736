import { FileError } from './file-error.ts';
import type { Found } from './file-stat.ts';
import type { FileStore } from './file-store.ts';
import { FOLDER, KIND, LINK } from './tree.ts';
import { tryAgain } from './try-again.ts';

/** As many symbolic links as Linux follows. */
const MAX_LINKS = 40;

/** Where a path leads, symbolic links resolved. */
export type PathTarget = {
	/** The folder, and the name in it; of the root folder, the root itself and ''. */
	readonly folder: number;
	readonly name: string;
	/** 0 = nothing has this name. */
	readonly id: number;
	/** Absolute, '/'-separated. */
	readonly path: string;
};

/**
 * Finds where an absolute path leads.
 *
 * @param follow whether a symbolic link at the very end is followed, too
 * @param make whether folders that are missing on the way are made
 * @returns undefined when the way there does not exist
 * @throws FileError `ELOOP`; with `make` also what `FileStore.create()` throws, and `ENOTDIR`
 */
export function findTarget(store: FileStore, path: string, follow: boolean, make: boolean): PathTarget | undefined {
	// Another thread may replace or remove something on the way since it was found there.
	const isRaced = (error: unknown) => error instanceof FileError && error.code === 'ENOENT';
	try {
		return tryAgain(() => walk(store, path, follow, make), isRaced);
	} catch (error) {
		if (make || !isRaced(error)) throw error;
		return undefined;
	}
}

function walk(store: FileStore, path: string, follow: boolean, make: boolean): PathTarget | undefined {
	const way: { id: number; name: string }[] = [];
	const ahead = path.split('/').reverse();
	let links = 0;
	let last: PathTarget = { folder: store.root, name: '', id: store.root, path: '/' };
	while (ahead.length > 0) {
		const name = ahead.pop() as string;
		if (name === '' || name === '.') continue;
		if (name === '..') {
			way.pop();
			last = targetOf(store, way);
			continue;
		}
		const folder = way.at(-1)?.id ?? store.root;
		const isLast = ahead.every((rest) => rest === '' || rest === '.');
		try {
			let found = store.find(folder, name);
			if (found === undefined && make && !isLast) found = makeFolder(store, folder, name);
			const { id, mode } = found ?? { id: 0, mode: 0 };
			if ((mode & KIND) === LINK && (follow || !isLast)) {
				if (++links > MAX_LINKS) throw new FileError('ELOOP', path);
				const target = store.readlink(id);
				if (target.startsWith('/')) way.length = 0;
				ahead.push(...target.split('/').reverse());
				last = targetOf(store, way);
				continue;
			}
			// A slash at the end, too, asks for a folder.
			if (ahead.length > 0 && (mode & KIND) !== FOLDER) {
				if (make) throw new FileError(id === 0 ? 'EISDIR' : 'ENOTDIR', pathOf([...way, { name }]));
				return undefined;
			}
			way.push({ id, name });
			last = { folder, name, id, path: pathOf(way) };
		} catch (error) {
			// It is a file, or another thread has just put one in place of the folder.
			if (!make && error instanceof FileError && error.code === 'ENOTDIR') return undefined;
			throw error;
		}
	}
	return last;
}

/** The id of a folder, which is made when it is missing, with those on the way. @throws FileError as `findTarget()` */
export function makeFolders(store: FileStore, path: string): number {
	// A name below the folder puts the folder itself on the way.
	return (findTarget(store, `${path}/.x`, false, true) as PathTarget).folder;
}

/** Makes a folder, or finds the one that another thread has just made. */
function makeFolder(store: FileStore, folder: number, name: string): Found {
	const mode = FOLDER | 0o755;
	try {
		return { id: store.create(folder, name, mode), mode };
	} catch (error) {
		const found = error instanceof FileError && error.code === 'EEXIST' ? store.find(folder, name) : undefined;
		if (found === undefined) throw error;
		return found;
	}
}

function targetOf(store: FileStore, way: readonly { id: number; name: string }[]): PathTarget {
	const last = way.at(-1);
	return {
		folder: way.at(-2)?.id ?? store.root,
		name: last?.name ?? '',
		id: last?.id ?? store.root,
		path: pathOf(way),
	};
}

function pathOf(way: readonly { name: string }[]): string {
	return `/${way.map(({ name }) => name).join('/')}`;
}

/** Removes a file, or a folder with everything in it. Nothing there is fine. @throws FileError `EPERM` for the root */
export function removeTree(store: FileStore, path: string): void {
	const target = findTarget(store, path, false, false);
	if (target === undefined || target.id === 0) return;
	if (target.name === '') throw new FileError('EPERM', '/');
	removeAt(store, target.folder, target.name);
}

function removeAt(store: FileStore, folder: number, name: string): void {
	for (;;) {
		try {
			const found = store.find(folder, name);
			if (found === undefined) return;
			if ((found.mode & KIND) !== FOLDER) {
				store.unlink(folder, name);
				return;
			}
			for (const inner of store.names(found.id)) removeAt(store, found.id, inner);
			store.rmdir(folder, name);
			return;
		} catch (error) {
			if (!(error instanceof FileError)) throw error;
			if (error.code === 'ENOENT') return;
			// Another thread has put something new there: once more.
			if (error.code !== 'ENOTEMPTY' && error.code !== 'ENOTDIR' && error.code !== 'EISDIR') throw error;
		}
	}
}

/** Visits all files and links below a folder; links to folders are not entered. */
export function eachFile(
	store: FileStore,
	folder: Pick<PathTarget, 'id' | 'path'>,
	visit: (path: string, found: Found) => void,
): void {
	const prefix = folder.path === '/' ? '/' : `${folder.path}/`;
	for (const name of gone(() => store.names(folder.id), [])) {
		const found = gone(() => store.find(folder.id, name), undefined);
		if (found === undefined) continue;
		if ((found.mode & KIND) === FOLDER) eachFile(store, { id: found.id, path: prefix + name }, visit);
		else visit(prefix + name, found);
	}
}

/** The result of an action, or `otherwise` when another thread has removed the file meanwhile. */
export function gone<T>(action: () => T, otherwise: T): T {
	try {
		return action();
	} catch (error) {
		if (isGone(error)) return otherwise;
		throw error;
	}
}

/** Whether an action has failed because another thread has removed the file meanwhile. */
export function isGone(error: unknown): boolean {
	return error instanceof FileError && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
