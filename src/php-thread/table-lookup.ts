/**
 * Makes the glue's first pass over the whole function table cheap. Before it loads an extension, it notes for each of
 * 13,000 table slots which function is there: 25 ms, and as many objects that stay. It only needs the functions that it
 * knows by name, which are those that php.wasm exports: for this one pass, the other table slots look empty.
 *
 * @param table of the instance; all that the glue ever uses goes through this object
 * @param exported slots with exported functions
 */
export function hideUnexported(table: WebAssembly.Table, exported: ReadonlySet<number>): void {
	const { length } = table;
	let next = 0;
	// Table slot 0 is the null pointer, which nobody calls: a request for it is the start of the pass.
	table.get = (slot: number) => {
		if (slot === next && next < length) {
			next++;
			return exported.has(slot) ? WebAssembly.Table.prototype.get.call(table, slot) : null;
		}
		if (next > 0) Reflect.deleteProperty(table, 'get');
		return WebAssembly.Table.prototype.get.call(table, slot);
	};
}
