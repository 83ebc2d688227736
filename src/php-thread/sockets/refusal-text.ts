import { ERRNO } from '../errno.ts';
import type { WasmMemory } from '../wasm-memory.ts';

/** An error that sockets never have: it lends its number and its text, with that of its neighbour. */
const ENOMEDIUM = 148;
const LENT = 'No medium found\0Wrong medium type\0';
/** What PHP's warning says in parentheses; as long as what it replaces. */
const REASON = "not allowed by option 'network'\0".padEnd(LENT.length, '\0');

/**
 * The errno of a connection that the option `network` does not allow, whose text in PHP's warnings is the reason. In a
 * libc whose texts lie otherwise it is EACCES, `Permission denied`.
 */
export function explainRefusal(memory: WasmMemory, strerror: (errno: number) => number): number {
	const at = strerror(ENOMEDIUM);
	const text = memory.text(at, LENT.length);
	if (text === REASON) return ENOMEDIUM;
	if (text !== LENT) return ERRNO.EACCES;
	memory.writeText(at, LENT.length, REASON);
	return ENOMEDIUM;
}
