import { OptionsError } from './options-error.ts';

/** Which programs PHP may run: base names, which are looked up in the server's PATH, absolute paths, or `*` for any. */
export type ProcessesOption = { readonly allow: readonly string[] };

/**
 * Reads the option `processes`; undefined = PHP may run nothing.
 * @throws OptionsError for an entry that names no program
 */
export function parseProcesses(option: ProcessesOption | undefined): readonly string[] | undefined {
	if (option === undefined) return undefined;
	if (typeof option !== 'object' || option === null || !Array.isArray(option.allow)) {
		throw new OptionsError(
			'bad_key_value',
			"The option 'processes' needs a list of programs; write { allow: ['git'] }.",
		);
	}
	const allow = [...new Set(option.allow.map(parseProgram))];
	return allow.length === 0 ? undefined : allow;
}

/** Reads the name of a program. @throws OptionsError */
export function parseProgram(text: string): string {
	const wellFormed = typeof text === 'string' && text !== '' && !text.includes('\0');
	if (!wellFormed || (text.includes('/') && !text.startsWith('/')) || text === '.' || text === '..') {
		throw new OptionsError('bad_key_value', `'${text}' is no program; write a name as git, an absolute path, or *.`);
	}
	return text;
}
