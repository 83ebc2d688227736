/** JavaScript Promise Integration, not in TypeScript's libraries yet: https://github.com/WebAssembly/js-promise-integration */
declare namespace WebAssembly {
	function promising<A extends unknown[], R>(exported: (...args: A) => R): (...args: A) => Promise<R>;
	/** An import that may suspend the stack which calls it, by returning a promise. */
	class Suspending {
		constructor(imported: (...args: never[]) => unknown);
	}
}
