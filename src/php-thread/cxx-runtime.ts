/** What allocates memory in PHP. */
export type Allocator = { malloc(size: number): number; free(pointer: number): void };

/**
 * C++'s operators new and delete. php.wasm exports none, and intl needs them for what it formats. Both take the memory of
 * malloc(), as Emscripten's own do.
 */
export function cxxImports(allocator: () => Allocator): Record<string, (value: number) => number | undefined> {
	const allocate = (size: number): number => {
		// An object of no size has an address, too.
		const pointer = allocator().malloc(size || 1);
		if (pointer === 0) throw new RangeError(`C++ cannot have ${size} bytes: the memory of this PHP thread is full.`);
		return pointer;
	};
	const release = (pointer: number): undefined => {
		if (pointer !== 0) allocator().free(pointer);
	};
	return { _Znwm: allocate, _Znam: allocate, _ZdlPv: release, _ZdaPv: release };
}
