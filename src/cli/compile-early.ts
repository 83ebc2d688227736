import { setFlagsFromString } from 'node:v8';

/** V8's, whose hints php.wasm carries: see compilation-hints.ts. */
const VERSION_WITH_HINTS = /^13\./;
/** Given to Node by whoever wants to see functions compiled at their first call. */
const NOT_EARLY = '--wasm-lazy-compilation';

/** Whether this Node's V8 reads the hints. */
export function readsHints(): boolean {
	return VERSION_WITH_HINTS.test(process.versions.v8);
}

/**
 * From now on, the functions of php.wasm that every start calls are compiled on all processors while it is loaded. By default
 * the thread that runs PHP compiles them one by one, each at its first call. Only for a process that loads no WASM of others:
 * without hints, all of it would be compiled at once. So would all of PHP by a V8 that reads hints in another form.
 */
export function compileEarly(): void {
	if (!readsHints() || process.execArgv.includes(NOT_EARLY)) return;
	setFlagsFromString('--experimental-wasm-compilation-hints');
	setFlagsFromString('--no-wasm-lazy-compilation');
}
