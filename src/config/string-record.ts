import { OptionsError } from './options-error.ts';

/**
 * A copy of names and values of text; `what` they are, for people.
 * @throws OptionsError
 */
export function stringRecord(record: Readonly<Record<string, string>>, what: string): Record<string, string> {
	const copy: Record<string, string> = {};
	for (const [key, value] of Object.entries(record)) {
		if (!/^[^=\0]+$/.test(key) || typeof value !== 'string' || value.includes('\0')) {
			throw new OptionsError(
				'bad_key_value',
				`The ${what} '${key}' needs a name without '=' and a value that is text without NUL bytes.`,
			);
		}
		copy[key] = value;
	}
	return copy;
}
