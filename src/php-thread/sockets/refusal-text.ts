import { ERRNO } from '../errno.ts';
import type { WasmMemory } from '../wasm-memory.ts';

/** An error that sockets never have: it lends its number and its text, with that of its neighbour. */
const ENOMEDIUM = 148;
const LENT = 'No medium found\0Wrong medium type\0';

/**
 * The text of a refusal in PHP's warnings: that of an errno, which is rewritten. In a libc whose texts lie otherwise the
 * errno is EACCES, `Permission denied`.
 */
export class RefusalText {
	#current = LENT;

	/** The errno of a refusal. @param reason what PHP's warning says in parentheses; what is too long is cut */
	errno(memory: WasmMemory, strerror: (errno: number) => number, reason: string): number {
		const at = strerror(ENOMEDIUM);
		if (memory.text(at, LENT.length) !== this.#current) return ERRNO.EACCES;
		const text = reason.slice(0, LENT.length - 1).padEnd(LENT.length, '\0');
		if (text !== this.#current) memory.writeText(at, LENT.length, text);
		this.#current = text;
		return ENOMEDIUM;
	}
}
