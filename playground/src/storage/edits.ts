import { countOf, type Difference, readDifference } from '../share/difference.ts';
import type { LocalStore } from './local-store.ts';

/** How many links' edits are kept; those of scenarios always are. */
const MOST_LINKS = 10;

/** The visitor's edits of each scenario and of each link, between two visits. */
export class StoredEdits {
	readonly #store: LocalStore;
	readonly #now: () => number;

	/** @param now milliseconds since 1970 */
	constructor(store: LocalStore, now: () => number = Date.now) {
		this.#store = store;
		this.#now = now;
	}

	/** What is kept of `origin`; undefined = nothing, or nothing that can be read. */
	read(origin: string): Difference | undefined {
		const text = this.#store.read(keyOf(origin));
		if (text === undefined) return undefined;
		try {
			return readDifference(JSON.parse(text));
		} catch {
			return undefined;
		}
	}

	/** Keeps them instead of the previous ones. @returns false when the browser has no room: they live in this tab only */
	write(origin: string, difference: Difference): boolean {
		if (countOf(difference) === 0) {
			this.#store.remove(keyOf(origin));
			return true;
		}
		const text = JSON.stringify({ ...difference, at: this.#now() });
		const written =
			this.#store.write(keyOf(origin), text) || (this.#dropLinks(0, origin) && this.#store.write(keyOf(origin), text));
		this.#dropLinks(MOST_LINKS, origin);
		return written;
	}

	/** Drops the oldest edits of links, except those of `origin`. @returns whether there were any */
	#dropLinks(keep: number, origin: string): boolean {
		const others = this.#store.keys(keyOf('')).filter((key) => key.includes('/') && key !== keyOf(origin));
		const oldestLast = others.map((key) => ({ key, at: this.#timeOf(key) })).sort((a, b) => b.at - a.at);
		const dropped = oldestLast.slice(keep);
		for (const { key } of dropped) this.#store.remove(key);
		return dropped.length > 0;
	}

	#timeOf(key: string): number {
		try {
			return Number(JSON.parse(this.#store.read(key) ?? '{}').at) || 0;
		} catch {
			return 0;
		}
	}
}

/**
 * The name under which edits are kept: of a scenario, or of a scenario as a link shows it. The visitor's own edits of
 * a scenario are not touched when somebody's link to it is opened.
 * @param fragment of the link, as `writeLink()` makes it
 */
export function originOf(fragment: string): string {
	const [scenario = '', , packed] = fragment.split('/');
	return packed === undefined ? scenario : `${scenario}/${fingerprint(packed)}`;
}

function keyOf(origin: string): string {
	return `edits.${origin}`;
}

/** FNV-1a, twice: enough to tell a dozen links apart. */
function fingerprint(text: string): string {
	let a = 0x811c9dc5;
	let b = 0x01000193;
	for (let index = 0; index < text.length; index++) {
		a = Math.imul(a ^ text.charCodeAt(index), 0x01000193);
		b = Math.imul(b ^ text.charCodeAt(text.length - 1 - index), 0x01000193);
	}
	return (a >>> 0).toString(36) + (b >>> 0).toString(36);
}
