/** Variables that a thread has beside those of the scope, for its whole life. */
export type Environment = Readonly<Record<string, string>>;

/** The same for environments that are the same. */
export function environmentKey(env: Environment): string {
	return JSON.stringify(Object.entries(env).sort());
}
