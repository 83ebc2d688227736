import { FileError } from './file-error.ts';
import type { FileStore } from './file-store.ts';
import { FOLDER, LINK } from './tree.ts';

const KIND = 0o170000;
/** As many symbolic links as Linux follows. */
const MAX_LINKS = 40;

/** Where a path leads, symbolic links resolved. */
export type Place = {
	/** The folder, and the name in it; of the root folder, the root itself and ''. */
	readonly folder: number;
	readonly name: string;
	/** 0 = nothing has this name. */
	readonly id: number;
	/** Absolute, '/'-separated. */
	readonly path: string;
};

/**
 * Finds the place of an absolute path.
 *
 * @param follow whether a symbolic link at the very end is followed, too
 * @param make whether folders that are missing on the way are made
 * @returns undefined when the way there does not exist
 * @throws FileError `ELOOP`; with `make` also what `FileStore.create()` throws, and `ENOTDIR`
 */
export function findPlace(store: FileStore, path: string, follow: boolean, make: boolean): Place | undefined {
	const way: { id: number; name: string }[] = [];
	const ahead = path.split('/').reverse();
	let links = 0;
	let last: Place = { folder: store.root, name: '', id: store.root, path: '/' };
	while (ahead.length > 0) {
		const name = ahead.pop() as string;
		if (name === '' || name === '.') continue;
		if (name === '..') {
			way.pop();
			last = placeOf(store, way);
			continue;
		}
		const folder = way.at(-1)?.id ?? store.root;
		const isLast = ahead.every((rest) => rest === '' || rest === '.');
		try {
			let id = store.lookup(folder, name);
			if (id === 0 && make && !isLast) id = makeFolder(store, folder, name);
			const mode = id === 0 ? 0 : store.mode(id);
			if ((mode & KIND) === LINK && (follow || !isLast)) {
				if (++links > MAX_LINKS) throw new FileError('ELOOP', path);
				const target = store.readlink(id);
				if (target.startsWith('/')) way.length = 0;
				ahead.push(...target.split('/').reverse());
				last = placeOf(store, way);
				continue;
			}
			if (!isLast && (mode & KIND) !== FOLDER) {
				if (make) throw new FileError('ENOTDIR', pathOf([...way, { name }]));
				return undefined;
			}
			way.push({ id, name });
			last = { folder, name, id, path: pathOf(way) };
		} catch (error) {
			// Another thread has removed it meanwhile, or a file is there instead of a folder.
			if (!make && error instanceof FileError && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
				return undefined;
			throw error;
		}
	}
	return last;
}

/** Makes a folder, or finds the one that another thread has just made. */
function makeFolder(store: FileStore, folder: number, name: string): number {
	try {
		return store.create(folder, name, FOLDER | 0o755);
	} catch (error) {
		const id = error instanceof FileError && error.code === 'EEXIST' ? store.lookup(folder, name) : 0;
		if (id === 0) throw error;
		return id;
	}
}

function placeOf(store: FileStore, way: readonly { id: number; name: string }[]): Place {
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
	const place = findPlace(store, path, false, false);
	if (place === undefined || place.id === 0) return;
	if (place.name === '') throw new FileError('EPERM', '/');
	removeAt(store, place.folder, place.name);
}

function removeAt(store: FileStore, folder: number, name: string): void {
	for (;;) {
		try {
			const id = store.lookup(folder, name);
			if (id === 0) return;
			if ((store.mode(id) & KIND) !== FOLDER) {
				store.unlink(folder, name);
				return;
			}
			for (const inner of store.names(id)) removeAt(store, id, inner);
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
export function eachFile(store: FileStore, folder: Place, visit: (path: string, id: number) => void): void {
	const prefix = folder.path === '/' ? '/' : `${folder.path}/`;
	for (const name of gone(() => store.names(folder.id), [])) {
		const id = gone(() => store.lookup(folder.id, name), 0);
		const mode = id === 0 ? 0 : gone(() => store.mode(id), 0);
		if ((mode & KIND) === FOLDER) eachFile(store, { folder: folder.id, name, id, path: prefix + name }, visit);
		else if (mode !== 0) visit(prefix + name, id);
	}
}

/** What an action says, or `otherwise` when another thread has removed the file meanwhile. */
export function gone<T>(action: () => T, otherwise: T): T {
	try {
		return action();
	} catch (error) {
		if (error instanceof FileError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return otherwise;
		throw error;
	}
}
