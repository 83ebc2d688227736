/**
 * Makes the glue's first look at the whole function table cheap. Before it loads an extension, it notes for each of
 * 13,000 slots which function is there: 25 ms, and as many objects that remain. It will look only for functions that it
 * knows by name, which are those that php.wasm exports: the other slots look empty to it, that once.
 *
 * @param table of the instance; all that the glue ever uses goes through this object
 * @param exported slots with exported functions
 */
export function hideUnexported(table: WebAssembly.Table, exported: ReadonlySet<number>): void {
	const { length } = table;
	let next = 0;
	// Slot 0 is the null pointer, which nobody calls: who asks for it has begun to ask for all.
	table.get = (slot: number) => {
		if (slot === next && next < length) {
			next++;
			return exported.has(slot) ? WebAssembly.Table.prototype.get.call(table, slot) : null;
		}
		if (next > 0) Reflect.deleteProperty(table, 'get');
		return WebAssembly.Table.prototype.get.call(table, slot);
	};
}
