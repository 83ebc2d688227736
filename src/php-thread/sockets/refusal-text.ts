import { ERRNO } from '../abi/errno.ts';
import type { WasmMemory } from '../abi/wasm-memory.ts';

/** An error that sockets never have: its number and its text, and its neighbour's text, are borrowed. */
const ENOMEDIUM = 148;
const LENT = 'No medium found\0Wrong medium type\0';

/**
 * The text of a refusal in PHP's warnings: that of an errno, which is overwritten. In a libc that has other texts, the
 * errno is EACCES, `Permission denied`.
 */
export class RefusalText {
	/** Where the text lies: the web's php.wasm has no function to ask. -1 = nowhere. */
	#at: number | undefined;

	/** The errno of a refusal. @param reason what PHP's warning says in parentheses; what is too long is cut */
	errno(memory: WasmMemory, reason: string): number {
		this.#at ??= find(memory.bytes, new TextEncoder().encode(LENT));
		if (this.#at === -1) return ERRNO.EACCES;
		memory.writeText(this.#at, LENT.length, reason.slice(0, LENT.length - 1).padEnd(LENT.length, '\0'));
		return ENOMEDIUM;
	}
}

/** Where `wanted` begins. It is rare, and static data comes first. */
function find(bytes: Uint8Array, wanted: Uint8Array): number {
	const [first = 0] = wanted;
	let at = bytes.indexOf(first);
	while (at !== -1 && !wanted.every((byte, i) => bytes[at + i] === byte)) at = bytes.indexOf(first, at + 1);
	return at;
}
