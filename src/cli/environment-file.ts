import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { OptionsError } from '../config/options-error.ts';

/** A line without a variable. */
const NOTHING = /[^\S\n]*(?:#[^\n]*)?(?:\n|$)/y;
/** A variable; what is quoted may have line ends. */
const VARIABLE = /[^\S\n]*(?:export[^\S\n]+)?[^\s=#]+[^\S\n]*=[^\S\n]*(?:(["'`])[\s\S]*?\1)?[^\n]*(?:\n|$)/y;

/**
 * The variables of a file in .env format, as Node reads it. What Node passes over without a word is an error, as in Caddy.
 *
 * @param file for errors
 * @throws OptionsError
 */
export function readEnvironment(text: string, file: string): Record<string, string> {
	const content = text.replace(/^\uFEFF/, '');
	for (let at = 0; at < content.length; ) {
		const end = endOf(NOTHING, content, at) ?? endOf(VARIABLE, content, at);
		if (end === undefined) {
			const line = content.slice(0, at).split('\n').length;
			// The line itself may have a secret.
			throw new OptionsError(
				'bad_key_value',
				`${resolve(file)}:${line} has no KEY=VALUE form; write one variable on each line, and # before comments.`,
			);
		}
		at = end;
	}
	return { ...parseEnv(content) } as Record<string, string>;
}

function endOf(pattern: RegExp, text: string, at: number): number | undefined {
	pattern.lastIndex = at;
	return pattern.test(text) ? pattern.lastIndex : undefined;
}
