import { setFlagsFromString } from 'node:v8';

/**
 * Stack of each PHP fiber, and of PHP outside of them, KB: PHP runs on stacks that the engine switches (JSPI), and those
 * have a size of their own. A third more than V8's default: with the larger frame of the faster execute_ex(), a nested
 * callback needs an eighth more. Only pages that were used take memory.
 */
const SWITCHED_STACK_KILOBYTES = 1312;
/**
 * Below this a PHP thread's heap of JavaScript does not collect what is old, MB: after its boot it holds 12. V8's own first
 * limit falls with each collection of young objects, of which there are many, and ends in the middle of the boot. More than
 * needed would be garbage that each thread keeps.
 */
const FIRST_LIMIT_MEGABYTES = 16;
/**
 * V8's flags for the PHP threads that start from now on. The smaller one of the two stacks counts. This process's main
 * thread and workers that it has keep what they have.
 */
export const THREAD_FLAGS: readonly string[] = [
	`--wasm-stack-switching-stack-size=${SWITCHED_STACK_KILOBYTES}`,
	`--stack-size=${SWITCHED_STACK_KILOBYTES}`,
	`--initial-old-space-size=${FIRST_LIMIT_MEGABYTES}`,
];

/** V8's, whose hints php.wasm carries: see compilation-hints.ts. */
const VERSION_WITH_HINTS = /^13\./;
/** Given to Node by whoever wants to see functions compiled at their first call. */
const NOT_EARLY = '--wasm-lazy-compilation';

/** Whether this Node's V8 reads the hints. */
export function readsHints(): boolean {
	return VERSION_WITH_HINTS.test(process.versions.v8);
}

/**
 * V8's flags for a process that does nothing but run PHP. A program that uses the library may need what they forbid, and
 * hear of modules of others that are invalid.
 */
export function processFlags(): readonly string[] {
	return [
		// For the threads that start from then on: the engine itself makes no code from text. See no-new-code.ts, too.
		'--disallow-code-generation-from-strings',
		// Each function of php.wasm is validated at its first call: to validate all 20,000 at each start takes longer than to
		// run a small script.
		'--wasm-lazy-validation',
		...hintFlags(),
	];
}

/**
 * The functions of php.wasm that every start calls are compiled on all processors while it is loaded. By default the thread
 * that runs PHP compiles them one by one, each at its first call. A V8 that reads hints in another form would compile all
 * functions, as would this one those of a module without hints.
 */
function hintFlags(): readonly string[] {
	if (!readsHints() || process.execArgv.includes(NOT_EARLY)) return [];
	return ['--experimental-wasm-compilation-hints', '--no-wasm-lazy-compilation'];
}

/** Sets flags of V8, for all threads of this process. */
export function setEngineFlags(flags: readonly string[]): void {
	for (const flag of flags) setFlagsFromString(flag);
}
