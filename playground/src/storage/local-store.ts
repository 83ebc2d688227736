/** What is used of `localStorage`. */
export type TextStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** Every key of ours begins so: the page may share its origin with others. */
const PREFIX = 'igor.playground.';

/** Text that survives a reload, if the browser lets us keep it. Nothing here throws: reading and writing may be forbidden. */
export class LocalStore {
	readonly #store: () => TextStore;

	/** @param store the access itself throws where storage is forbidden */
	constructor(store: () => TextStore) {
		this.#store = store;
	}

	read(key: string): string | undefined {
		try {
			return this.#store().getItem(PREFIX + key) ?? undefined;
		} catch {
			return undefined;
		}
	}

	/** @returns false when the storage is full or forbidden */
	write(key: string, text: string): boolean {
		try {
			this.#store().setItem(PREFIX + key, text);
			return true;
		} catch {
			return false;
		}
	}

	remove(key: string): void {
		try {
			this.#store().removeItem(PREFIX + key);
		} catch {
			// Then there is nothing to remove either.
		}
	}

	/** Our keys that begin with `start`. */
	keys(start: string): string[] {
		try {
			const store = this.#store();
			const all = Array.from({ length: store.length }, (_, index) => store.key(index) ?? '');
			return all.filter((key) => key.startsWith(PREFIX + start)).map((key) => key.slice(PREFIX.length));
		} catch {
			return [];
		}
	}
}
