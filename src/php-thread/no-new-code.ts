/** Thrown at code that tries to create more code. */
class NoNewCodeError extends EvalError {
	readonly code = 'no_new_code';

	constructor(what: string) {
		super(`${what} was refused: a PHP thread runs the code that it was started with, and no other.`);
	}
}

const refuse = (what: string) => (): never => {
	throw new NoNewCodeError(what);
};

type Constructor = { readonly name: string; readonly prototype: object };

/**
 * From now on no text becomes code on this thread: eval() and the constructors of functions throw, for good. Emscripten's
 * loader evaluates text that it finds in a module. PHP thread.
 */
export function forbidEvaluation(): void {
	const functions = [() => {}, async () => {}, function* () {}, async function* () {}];
	for (const example of functions) {
		const { name, prototype }: Constructor = example.constructor;
		const throwing = refusing(name, prototype);
		fix(prototype, 'constructor', throwing);
		if (name === 'Function') fix(globalThis, name, throwing);
	}
	fix(globalThis, 'eval', refuse('eval()'));
	for (const timer of ['setTimeout', 'setInterval'] as const) takeFunctionsOnly(timer);
}

/** From now on no WASM is compiled on this thread, for good: php.wasm and its extensions have been. PHP thread. */
export function forbidCompilation(): void {
	for (const name of ['compile', 'instantiate', 'compileStreaming', 'instantiateStreaming', 'Module'] as const) {
		const present: unknown = WebAssembly[name];
		if (typeof present !== 'function') continue;
		fix(WebAssembly, name, refusing(`WebAssembly.${name}`, present.prototype));
	}
	fix(WebAssembly.Module.prototype, 'constructor', WebAssembly.Module);
}

/** Throws when it is called or constructed; `instanceof` still works. */
function refusing(name: string, prototype: object): object {
	const target = Object.defineProperty(function refused() {}, 'prototype', { value: prototype });
	return new Proxy(target, { apply: refuse(name), construct: refuse(name) });
}

/** Browsers run text that is passed to a timer. */
function takeFunctionsOnly(name: 'setTimeout' | 'setInterval'): void {
	const timer = globalThis[name];
	const guarded = new Proxy(timer, {
		apply: (target, self, args) => {
			if (typeof args[0] !== 'function') throw new NoNewCodeError(`${name}() with a text`);
			return Reflect.apply(target, self, args);
		},
	});
	fix(globalThis, name, guarded);
}

function fix(holder: object, name: string, value: unknown): void {
	Object.defineProperty(holder, name, { value, writable: false, configurable: false });
}
