import * as modules from 'node:module';

/** A C function, as koffi makes it callable. */
export type NativeFunction = (...args: (number | bigint | string | Uint8Array | null)[]) => number;

/** Calls of the C library that Node has no function for. Each thread has its own. */
export type NativeCalls = {
	/** @param signature as C declares it: `int flock(int fd, int operation)` */
	declare(signature: string): NativeFunction;
	/** The errno of the last call. */
	errno(): number;
};

type Koffi = {
	load(library: null): { func(signature: string): NativeFunction };
	errno(): number;
};

let calls: NativeCalls | undefined;
let tried = false;

/**
 * The C library of this process, by the optional package `koffi`; undefined = the package is missing, does not load, or
 * this is not Linux. Loading takes 4-7 ms, once per thread: ask when it is needed. Any thread.
 */
export function nativeCalls(): NativeCalls | undefined {
	if (!tried) {
		tried = true;
		calls = load();
	}
	return calls;
}

function load(): NativeCalls | undefined {
	// Numbers and layouts are those of Linux.
	if (process.platform !== 'linux') return undefined;
	try {
		const koffi = modules.createRequire(import.meta.url)('koffi') as Koffi;
		const library = koffi.load(null);
		return { declare: (signature) => library.func(signature), errno: () => koffi.errno() };
	} catch {
		return undefined;
	}
}
