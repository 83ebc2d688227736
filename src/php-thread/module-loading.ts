/** The imports by which libc loads and looks into side modules. */
type Loader = { _dlopen_js(handle: number): number; _dlsym_js(handle: number, name: number, index: number): number };

/** Where `struct dso` of Emscripten's libc has the name of the file. */
const NAME_AT = 36;

/**
 * Loads the extensions that Igor ships, each once while PHP starts, and nothing else: whoever loads a module can do
 * whatever the host's JavaScript can, because the glue evaluates text that it finds in it. PHP thread.
 */
export class ModuleLoading {
	/** Not loaded yet. */
	readonly #expected: Set<string>;
	#over = false;

	/** @param paths of the extensions, in PHP's file system; no script can have written there yet */
	constructor(paths: readonly string[]) {
		this.#expected = new Set(paths);
	}

	/** Wraps the glue's loader. @param text reads a C string */
	guard(env: Record<string, unknown>, text: (pointer: number) => string): void {
		const { _dlopen_js, _dlsym_js } = env as unknown as Loader;
		const guarded: Loader = {
			// 0: dlopen() and dlsym() return NULL.
			_dlopen_js: (handle) => (this.#expected.delete(text(handle + NAME_AT)) ? _dlopen_js(handle) : 0),
			_dlsym_js: (handle, name, index) => (this.#over ? 0 : _dlsym_js(handle, name, index)),
		};
		Object.assign(env, guarded);
	}

	/** PHP has started. */
	end(): void {
		this.#expected.clear();
		this.#over = true;
	}
}
