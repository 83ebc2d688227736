/** The longest name of a file, in characters: enough for an app, and short enough for a link. */
const LONGEST = 200;

/**
 * Says in a sentence what is wrong with the name of a file of an app; undefined = nothing.
 * Names are relative (`public/index.php`) and stay inside the app.
 */
export function problemOfName(name: string): string | undefined {
	if (name === '') return 'A file needs a name, for example src/Flags.php.';
	if (name.length > LONGEST) return `A file's name may have ${LONGEST} characters; this one has ${name.length}.`;
	if (name.startsWith('/')) return 'A file lies inside the app: leave out the / at the start.';
	if (name.endsWith('/')) return 'This names a folder; add the name of a file.';
	// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to be kept out
	if (/[\x00-\x1f\x7f\\]/.test(name)) return 'A file has no control characters and no \\ in its name.';
	if (name.split('/').some((part) => part === '' || part === '.' || part === '..')) {
		return 'A file lies inside the app: leave out empty parts, . and .. in its name.';
	}
	return undefined;
}

/**
 * The same for a name that is about to be given to a file: it must be free, as a file and as a folder.
 * @param others names of all other files
 */
export function problemOfNewName(name: string, others: readonly string[]): string | undefined {
	const problem = problemOfName(name);
	if (problem !== undefined) return problem;
	if (others.includes(name)) return `There is a file ${name} already.`;
	if (others.some((other) => other.startsWith(`${name}/`))) return `${name} is a folder already.`;
	const file = others.find((other) => name.startsWith(`${other}/`));
	return file === undefined ? undefined : `${file} is a file, so nothing can lie in it.`;
}
