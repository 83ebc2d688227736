/**
 * The last `capacity` items, ordered by their start. Items may come a little out of order: each is put where it
 * belongs. Searching is a binary search, adding in order costs nothing.
 */
export class Ring<T extends { readonly start: number }> {
	readonly #capacity: number;
	readonly #slots: T[] = [];
	/** Slot of the oldest item. */
	#first = 0;

	constructor(capacity: number) {
		this.#capacity = capacity;
	}

	get length(): number {
		return this.#slots.length;
	}

	/** The item at `index`, 0 = the oldest. Undefined outside. */
	at(index: number): T | undefined {
		const count = this.#slots.length;
		if (index < 0 || index >= count) return undefined;
		const slot = this.#first + index;
		return this.#slots[slot < count ? slot : slot - count];
	}

	get last(): T | undefined {
		return this.at(this.#slots.length - 1);
	}

	/** Adds an item; returns the one that had to go for it. */
	add(item: T): T | undefined {
		let evicted: T | undefined;
		if (this.#slots.length < this.#capacity) {
			this.#slots.push(item);
		} else {
			evicted = this.#slots[this.#first];
			this.#slots[this.#first] = item;
			this.#first = (this.#first + 1) % this.#capacity;
		}
		for (let index = this.#slots.length - 1; index > 0; index--) {
			const before = this.at(index - 1);
			if (before === undefined || before.start <= item.start) break;
			this.#put(index, before);
			this.#put(index - 1, item);
		}
		return evicted;
	}

	/** The first index whose item starts at `time` or later; `length` = none does. */
	lowerBound(time: number): number {
		let low = 0;
		let high = this.#slots.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			const item = this.at(middle);
			if (item !== undefined && item.start < time) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	#put(index: number, item: T): void {
		this.#slots[(this.#first + index) % this.#slots.length] = item;
	}
}
