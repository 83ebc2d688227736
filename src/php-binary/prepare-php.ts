import { listExportedSlots } from './exported-slots.ts';
import { redirectCalls } from './redirect-calls.ts';
import { trimExports } from './trim-exports.ts';

/**
 * php.wasm as Igor's threads are booted from it, once per process or build. Takes 40 ms.
 * @param binary upstream's; it is changed, and unusable afterwards
 * @param sideModules extensions that will be loaded into it
 * @throws RangeError when the binary is not as expected
 */
export function preparePhp(binary: Uint8Array, sideModules: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
	redirectCalls(binary);
	return listExportedSlots(trimExports(binary, sideModules));
}
