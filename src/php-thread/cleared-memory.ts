import { CLEAR_MARK } from '../php-binary/redirect-clearing.ts';
import type { WasmMemory } from './abi/wasm-memory.ts';

/** fcntl() as WASM imports it. */
type Fcntl = (fd: number, command: number, args: number) => number;

/** Bytes that are looked at together: what is zero already stays as it is, and its pages need no memory. */
export const CLEARED_BLOCK = 65_536;

/**
 * While PHP starts, only opcache maps as much as this. It does not rely on zeros: it begins anew in a used segment when it
 * restarts. So the pages of its segment are not even looked at, which would take a page fault each.
 */
export const OPCACHE_SEGMENT = 4 * 1024 * 1024;

/**
 * Clears the memory that an anonymous mmap() gives to PHP, which asks for it by fcntl(): see redirect-clearing.ts. Most of it
 * is fresh, hence zero, and writing to it would make the operating system provide all of it at once. Runs on a PHP thread.
 *
 * @param fcntl what all other calls are for
 * @param isZero whether bytes are all zero, by something much quicker than writing them; missing = all are written
 * @param isStarting whether PHP is still starting
 */
export function withClearing(
	fcntl: Fcntl,
	memory: () => WasmMemory,
	isZero: ((bytes: Uint8Array) => boolean) | undefined,
	isStarting: () => boolean,
): Fcntl {
	return (pointer, command, length) => {
		if (command !== CLEAR_MARK) return fcntl(pointer, command, length);
		const start = pointer >>> 0;
		const size = length >>> 0;
		if (size >= OPCACHE_SEGMENT && isStarting()) return pointer;
		const whole = memory().bytes.subarray(start, start + size);
		if (isZero === undefined) whole.fill(0);
		else clearBlocks(whole, isZero);
		return pointer;
	};
}

function clearBlocks(whole: Uint8Array, isZero: (bytes: Uint8Array) => boolean): void {
	for (let at = 0; at < whole.length; at += CLEARED_BLOCK) {
		const block = whole.subarray(at, at + CLEARED_BLOCK);
		if (!isZero(block)) block.fill(0);
	}
}
