import { realpathSync } from 'node:fs';
import path from 'node:path';
import { toByteString } from '../../../bytes/byte-string.ts';

/** Real paths, byte strings, of what PHP may see but not change; they need not exist. */
export type Reserved = readonly string[];

const paths = new Set<string>();

/**
 * Keeps PHP from changing a file or folder that it may see, because this process will run it or trust it: its own code,
 * the Caddyfile. Applies to threads that start later. Main thread only.
 */
export function reserve(...named: readonly string[]): void {
	for (const each of named) {
		const absolute = path.resolve(each);
		// A link was chosen by the operator: it is reserved, and so is what it leads to.
		paths.add(toByteString(path.join(real(path.dirname(absolute)), path.basename(absolute))));
		paths.add(toByteString(real(absolute)));
	}
}

/** What is reserved so far. Main thread only. */
export function reserved(): Reserved {
	return [...paths];
}

/**
 * Where the code of a package lies, and where Node looks for the packages that it needs: `node_modules` beside it and
 * beside each parent folder, whether it exists or not.
 */
export function codeOfPackage(folder: string, names: readonly string[]): string[] {
	const found = names.map((name) => path.join(folder, name));
	for (let around = real(folder); ; around = path.dirname(around)) {
		found.push(path.join(around, 'node_modules'));
		if (around === path.dirname(around)) return found;
	}
}

/** Whether a real path is reserved, or lies in something that is. */
export function isReserved(real: string, reserved: Reserved): boolean {
	return reserved.some((each) => real === each || real.startsWith(`${each}/`));
}

/** Whether it contains something reserved: the path must not lead elsewhere. */
export function holdsReserved(real: string, reserved: Reserved): boolean {
	return reserved.some((each) => each.startsWith(`${real}/`));
}

function real(absolute: string): string {
	try {
		return realpathSync(absolute);
	} catch {
		return absolute;
	}
}
