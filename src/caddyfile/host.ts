/** What the Caddyfile front end needs from the machine it runs on; `platform/` implements it. */
export interface CaddyfileHost {
	/** The value of an environment variable; `undefined` = not set. */
	variable(name: string): string | undefined;
	/**
	 * The absolute paths of the files that `pattern` names, in order; an empty list = none. The pattern has at most one
	 * `*`, which matches within one part of the path, and is relative to the folder of `fromFile`.
	 */
	glob(pattern: string, fromFile: string): readonly string[];
	/** The text of a file that `glob` has named; `undefined` = it cannot be read. */
	read(path: string): string | undefined;
}
