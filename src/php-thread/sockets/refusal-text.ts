import { ERRNO } from '../errno.ts';
import type { WasmMemory } from '../wasm-memory.ts';
import { EAI_FAMILY } from './names.ts';

/** An error that sockets never have: it lends its number and its text, with that of its neighbour. */
const ENOMEDIUM = 148;
const ERROR_TEXT = 'No medium found\0Wrong medium type\0';
/** The text of EAI_FAMILY: PHP asks for no family that there is not. */
const RESOLVER_TEXT = 'Unrecognized address family or invalid length\0';

/**
 * The text of a refusal in PHP's warnings: that of an error, which is rewritten. In a libc that has other texts the errno
 * is EACCES, `Permission denied`.
 */
export class RefusalText {
	readonly #error = new LentText(ERROR_TEXT);
	readonly #resolver = new LentText(RESOLVER_TEXT);

	/** The errno of a refusal. @param reason what PHP's warning says in parentheses; what is too long is cut */
	errno(memory: WasmMemory, reason: string): number {
		return this.#error.write(memory, reason) ? ENOMEDIUM : ERRNO.EACCES;
	}

	/** The same for getaddrinfo(): its error. */
	resolverError(memory: WasmMemory, reason: string): number {
		this.#resolver.write(memory, reason);
		return EAI_FAMILY;
	}
}

/** A text of libc that says something else now. */
class LentText {
	readonly #lent: string;
	/** Where it lies: the web's php.wasm has no function that tells. -1 = nowhere. */
	#at: number | undefined;

	constructor(lent: string) {
		this.#lent = lent;
	}

	/** False when it cannot be found. */
	write(memory: WasmMemory, text: string): boolean {
		const { length } = this.#lent;
		this.#at ??= find(memory.bytes, new TextEncoder().encode(this.#lent));
		if (this.#at === -1) return false;
		memory.writeText(this.#at, length, text.slice(0, length - 1).padEnd(length, '\0'));
		return true;
	}
}

/** Where `wanted` begins. It is rare, and static data comes first. */
function find(bytes: Uint8Array, wanted: Uint8Array): number {
	const [first = 0] = wanted;
	let at = bytes.indexOf(first);
	while (at !== -1 && !wanted.every((byte, i) => bytes[at + i] === byte)) at = bytes.indexOf(first, at + 1);
	return at;
}
