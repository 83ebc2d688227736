import { realRoot } from '../files/served-files.ts';

/** How long a root counts as the folder that it was found to be, in milliseconds: links to releases change. */
const ROOT_LIFETIME = 1000;
const MAX_ROOTS = 100;

/** The real paths of folders. */
export class RootMemory {
	readonly #found = new Map<string, { readonly real: string; readonly expires: number }>();

	/** `undefined` = there is no such folder. */
	find(path: string): string | undefined {
		const now = performance.now();
		const known = this.#found.get(path);
		if (known !== undefined && known.expires > now) return known.real;
		const real = realRoot(path);
		if (real === undefined) return undefined;
		// A placeholder in the root lets clients choose what is looked up.
		if (this.#found.size >= MAX_ROOTS) this.#found.clear();
		this.#found.set(path, { real, expires: now + ROOT_LIFETIME });
		return real;
	}
}
