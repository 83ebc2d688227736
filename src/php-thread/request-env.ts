/** Variables of a thread that requests see otherwise: the value for them, or null = none. */
export type RequestEnv = Readonly<Record<string, string | null>>;

/**
 * What `$_SERVER` of a request has in place of a worker's own variables: those of the scope, as in FrankenPHP.
 * @param scope variables of the scope
 * @param own what the thread gets beside them
 */
export function requestEnv(scope: Readonly<Record<string, string>>, own: Readonly<Record<string, string>>): RequestEnv {
	return Object.fromEntries(Object.keys(own).map((name) => [name, scope[name] ?? null]));
}

/** As C reads it: `NAME=VALUE`, or `NAME` for none, each with a NUL behind it. */
export function encodeRequestEnv(env: RequestEnv): Uint8Array {
	const items = Object.entries(env).map(([name, value]) => (value === null ? name : `${name}=${value}`));
	return new TextEncoder().encode(items.map((item) => `${item}\0`).join(''));
}
