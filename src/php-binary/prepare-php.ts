import { applyEdits, type Edit } from './edits.ts';
import { listExportedSlots } from './exported-slots.ts';
import { enlargeInitialMemory } from './initial-memory.ts';
import { redirectCalls } from './redirect-calls.ts';
import { trimExports } from './trim-exports.ts';

/**
 * php.wasm as Igor's threads are booted from it, once per process or build. Takes 40 ms.
 * @param binary upstream's; it is changed, and unusable afterwards
 * @param sideModules extensions that will be loaded into it
 * @param interpreter what `fasterInterpreter()` has found for that binary; missing = upstream's interpreter
 * @throws RangeError when the binary is not as expected
 */
export function preparePhp(
	binary: Uint8Array,
	sideModules: readonly Uint8Array[],
	interpreter: readonly Edit[] = [],
): Uint8Array<ArrayBuffer> {
	// These move nothing, so the edits still find their places.
	redirectCalls(binary);
	enlargeInitialMemory(binary);
	const edited = interpreter.length === 0 ? binary : applyEdits(binary, interpreter);
	return listExportedSlots(trimExports(edited, sideModules));
}
