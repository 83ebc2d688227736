type Groups = Readonly<Record<string, string | undefined>>;

/**
 * A replacement as Go reads it: `$1`, `${1}`, `$name`, `${name}`, `$$`; a name without braces is as long as it can be, and
 * a group that does not exist is nothing.
 */
export function expandGroups(replacement: string, groups: readonly (string | undefined)[], named: Groups): string {
	return replacement.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (all: string, bare?: string, braced?: string) => {
		const name = bare ?? braced;
		if (name === undefined) return all === '$$' ? '$' : all;
		return (/^\d+$/.test(name) ? groups[Number(name)] : Object.hasOwn(named, name) ? named[name] : '') ?? '';
	});
}

/** Replaces every match, with a replacement as for expandGroups(). */
export function replaceAll(text: string, search: RegExp, replacement: string): string {
	return text.replace(search, (...found: unknown[]) => {
		const named = typeof found.at(-1) === 'object' ? (found.at(-1) as Groups) : {};
		const offset = found.findIndex((value, index) => index > 0 && typeof value === 'number');
		const groups = found.slice(0, offset) as (string | undefined)[];
		return expandGroups(replacement, groups, named);
	});
}

/** Compiles a regular expression for `replaceAll`; `undefined` = it cannot be compiled. */
export function searchFor(source: string): RegExp | undefined {
	try {
		return new RegExp(source, 'g');
	} catch {
		return undefined;
	}
}
