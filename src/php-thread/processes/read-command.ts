import type { WasmMemory } from '../wasm-memory.ts';

/** A command line of C. */
export function readCommand(memory: WasmMemory, pointer: number): string {
	return pointer === 0 ? '' : memory.text(pointer, memory.bytes.indexOf(0, pointer) - pointer);
}
