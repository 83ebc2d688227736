import { joinBytes } from '../bytes/join-bytes.ts';
import { readFunctionTable } from './function-table.ts';
import { CUSTOM_SECTION, FUNCTION, numberBytes, readExports } from './wasm-format.ts';

/** Name of the section that lists them. */
const SECTION = 'igor.exported-slots';

/**
 * A copy of a binary that lists which slots of its function table hold exported functions: 60 or so of 13,000. See
 * `exportedSlots()`.
 * @throws RangeError when the table is filled in another way
 */
export function listExportedSlots(binary: Uint8Array): Uint8Array<ArrayBuffer> {
	const exported = new Set<number>();
	for (const { kind, index } of readExports(binary)) if (kind === FUNCTION) exported.add(index);
	const { first, functions } = readFunctionTable(binary);
	const slots = functions.flatMap((index, i) => (exported.has(index) ? [first + i] : []));
	const name = new TextEncoder().encode(SECTION);
	const content = joinBytes([numberBytes(name.length), name, new Uint8Array(Uint32Array.from(slots).buffer)]);
	return joinBytes([binary, [CUSTOM_SECTION, ...numberBytes(content.length)], content]);
}

/** What `listExportedSlots()` has listed; undefined when the module was not made from its result. Any thread. */
export function exportedSlots(module: WebAssembly.Module): ReadonlySet<number> | undefined {
	const [section] = WebAssembly.Module.customSections(module, SECTION);
	return section && new Set(new Uint32Array(section));
}
