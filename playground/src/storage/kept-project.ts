import type { Project } from '../share/project.ts';

const DATABASE = 'igor.playground';
const STORE = 'projects';
const KEY = 'last';

/** Keeps the project for the next visit, instead of the one before. @returns false when the browser does not let us */
export function keepProject(project: Project): Promise<boolean> {
	return using('readwrite', (store) => store.put(project, KEY)).then(
		() => true,
		() => false,
	);
}

/** The project that is kept; undefined when there is none, or it cannot be read. Never rejects. */
export async function keptProject(): Promise<Project | undefined> {
	const found: unknown = await using('readonly', (store) => store.get(KEY)).catch(() => undefined);
	return isProject(found) ? found : undefined;
}

/** What an older version of the page has written may look different. */
function isProject(value: unknown): value is Project {
	return (
		typeof value === 'object' &&
		value !== null &&
		['files', 'binaries', 'settings'].every((key) => typeof (value as Record<string, unknown>)[key] === 'object') &&
		'title' in value
	);
}

async function using<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
	const opening = indexedDB.open(DATABASE, 1);
	opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
	const database = await settled(opening);
	try {
		return await settled(work(database.transaction(STORE, mode).objectStore(STORE)));
	} finally {
		database.close();
	}
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});
}
