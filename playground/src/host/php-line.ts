import { NeedsShellError, readShellTokens } from '../../../src/php-thread/processes/shell-tokens.ts';

/**
 * What a line of the terminal asks of PHP's command line: a script of the app with its arguments, PHP's own options, or
 * else code.
 * @param isFile whether the app has a file of this name
 * @throws Error with a sentence when only a shell could run it
 */
export function phpArguments(line: string, isFile: (name: string) => boolean): string[] {
	const typed = line
		.trim()
		.replace(/^(?:(?:npx )?igor php-cli|php)(?= |$)/, '')
		.trim();
	const [first = ''] = typed.split(/\s/, 1);
	if (!first.startsWith('-') && !isFile(first)) return ['-r', typed.replace(/^<\?php\b/, '').replace(/[^;]$/, '$&;')];
	try {
		return readShellTokens(typed).map((token) => {
			if (token.kind === 'word') return token.text;
			throw new NeedsShellError(`'${token.text}'`);
		});
	} catch (error) {
		if (!(error instanceof NeedsShellError)) throw error;
		throw new Error(`There is no shell here for ${error.message}: put it into quotes.`);
	}
}
