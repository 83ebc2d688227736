import type { TextStore } from '../../../playground/src/storage/local-store.ts';

/** A browser's storage with room for so many characters. */
export class MemoryStorage implements TextStore {
	readonly items = new Map<string, string>();
	room: number;

	constructor(room = Number.POSITIVE_INFINITY) {
		this.room = room;
	}

	get length(): number {
		return this.items.size;
	}

	key(index: number): string | null {
		return [...this.items.keys()][index] ?? null;
	}

	getItem(key: string): string | null {
		return this.items.get(key) ?? null;
	}

	setItem(key: string, value: string): void {
		const others = [...this.items].filter(([name]) => name !== key).reduce((sum, [, text]) => sum + text.length, 0);
		if (others + value.length > this.room) throw new DOMException('No room.', 'QuotaExceededError');
		this.items.set(key, value);
	}

	removeItem(key: string): void {
		this.items.delete(key);
	}
}
