import { findSection, MEMORY_SECTION, numberBytes, readNumber } from './wasm-format.ts';

/** What PHP has grown to after its start with the opcache of php.ini, and a little more. In pages of 64 KB: 96 MB. */
export const INITIAL_PAGES = 1536;

/**
 * Has php.wasm begin with as much memory as its start takes; only pages that are used cost anything. To the engine, memory
 * that grows is memory that was allocated anew: each thread would collect its garbage once more while it boots. In place.
 *
 * @returns whether it begins with that now; false = its memory is described in another way, and stays as it is
 */
export function enlargeInitialMemory(binary: Uint8Array): boolean {
	const { body } = findSection(binary, MEMORY_SECTION);
	const count = readNumber(binary, body);
	// The flags of its limits: bit 0 says that there is a maximum.
	const initial = readNumber(binary, count.next + 1);
	const hasMost = ((binary[count.next] ?? 0) & 1) === 1;
	const bytes = numberBytes(INITIAL_PAGES);
	if (count.value !== 1 || bytes.length !== initial.next - count.next - 1) return false;
	if (hasMost && readNumber(binary, initial.next).value < INITIAL_PAGES) return false;
	if (initial.value < INITIAL_PAGES) binary.set(bytes, count.next + 1);
	return true;
}
