const EXPORT_SECTION = 7;
const FUNCTION = 0;
const GLOBAL = 3;
const PREAMBLE = 8;

/** Exports that Emscripten's glue, its dynamic linker and Igor call by name. */
const RUNTIME_EXPORTS = new RegExp(
	`^(${[
		'_?emscripten',
		'__wasm',
		'wasm_',
		'php_wasm',
		'run_cli',
		'(m|c|re)alloc',
		'free',
		'memalign',
		'mem(ory|cpy|set|move)',
		'setThrew',
		'_ZN',
		'__cxa',
		'__errno',
		'hton[sl]',
		'ntoh[sl]',
		'__?set',
		'(__)?stack',
		'main',
		'_start',
		'fflush',
		'__(indirect|memory|table|c_longjmp|cpp|trap|dl|funcs|tz|environ|get_temp)',
		'dl',
		'get_',
		'strerror',
		'_?initialize',
		'getpid',
		'(set|un)env',
		'environ',
		'timezone',
		'daylight',
		'tzname',
		'saveSetjmp',
	].join('|')})`,
);

/**
 * Rewrites a WASM binary so that it exports only what is needed. php.wasm exports its whole Zend API, 10,000 functions;
 * building that table costs every thread 75 ms and 25 MB.
 * @param binary php.wasm
 * @param alsoNeeded names that the side modules import
 * @throws RangeError when the binary is not well-formed
 */
export function trimExports(binary: Uint8Array<ArrayBuffer>, alsoNeeded: ReadonlySet<string>): Uint8Array<ArrayBuffer> {
	const parts: Uint8Array[] = [binary.subarray(0, PREAMBLE)];
	for (let at = PREAMBLE; at < binary.length; ) {
		const id = binary[at];
		const size = readNumber(binary, at + 1);
		const end = size.next + size.value;
		if (id === EXPORT_SECTION) {
			const body = keepExports(binary, size.next, alsoNeeded);
			parts.push(Uint8Array.of(EXPORT_SECTION), writeNumber(body.length), body);
		} else {
			parts.push(binary.subarray(at, end));
		}
		at = end;
	}
	return join(parts);
}

function keepExports(binary: Uint8Array, start: number, alsoNeeded: ReadonlySet<string>): Uint8Array {
	const decoder = new TextDecoder();
	const count = readNumber(binary, start);
	const kept: Uint8Array[] = [];
	for (let i = 0, at = count.next; i < count.value; i++) {
		const length = readNumber(binary, at);
		const nameEnd = length.next + length.value;
		const name = decoder.decode(binary.subarray(length.next, nameEnd));
		const kind = binary[nameEnd];
		const { next } = readNumber(binary, nameEnd + 1);
		const named = kind === FUNCTION || kind === GLOBAL;
		if (!named || alsoNeeded.has(name) || RUNTIME_EXPORTS.test(name)) kept.push(binary.subarray(at, next));
		at = next;
	}
	return join([writeNumber(kept.length), ...kept]);
}

/** Reads a number in LEB128, unsigned, 32 bits. */
export function readNumber(bytes: Uint8Array, at: number): { value: number; next: number } {
	let value = 0;
	for (let shift = 0; ; shift += 7) {
		const byte = bytes[at++];
		if (byte === undefined) throw new RangeError('The WASM binary ends in the middle of a number.');
		value |= (byte & 0x7f) << shift;
		if ((byte & 0x80) === 0) return { value: value >>> 0, next: at };
	}
}

/** A number in LEB128. */
export function writeNumber(value: number): Uint8Array {
	const bytes: number[] = [];
	for (let rest = value; ; ) {
		const low = rest & 0x7f;
		rest >>>= 7;
		bytes.push(rest === 0 ? low : low | 0x80);
		if (rest === 0) return Uint8Array.from(bytes);
	}
}

/** All parts in one array. */
export function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
	const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		joined.set(part, at);
		at += part.length;
	}
	return joined;
}
