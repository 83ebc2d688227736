/** Ids of sections. */
export const CUSTOM_SECTION = 0;
export const TYPE_SECTION = 1;
const IMPORT_SECTION = 2;
export const FUNCTION_SECTION = 3;
export const MEMORY_SECTION = 5;
export const EXPORT_SECTION = 7;
export const ELEMENT_SECTION = 9;
export const CODE_SECTION = 10;
export const DATA_SECTION = 11;
/** Kinds of imports and exports. */
export const FUNCTION = 0;
const TABLE = 1;
export const MEMORY = 2;
export const GLOBAL = 3;

/** Magic number and version. */
const PREAMBLE = 8;
const TRUNCATED = 'The WASM binary ends in the middle of something.';

/** A part of a binary: its id stands at `start`, its contents from `body` up to `end`. */
export type Section = { id: number; start: number; body: number; end: number };

/** Something that a binary imports; `kind` says what. `type` is that of a function, 0 for anything else. */
export type Import = { name: string; kind: number; type: number };

/** Something that a binary exports, with its place up to `end`; its name stands at `start`, for readName(). */
export type Export = { start: number; end: number; kind: number; index: number };

const decoder = new TextDecoder();

/** @throws RangeError when the binary has no such section, or is not well-formed */
export function findSection(binary: Uint8Array, id: number): Section {
	for (const section of readSections(binary)) if (section.id === id) return section;
	throw new RangeError(`The WASM binary has no section ${id}.`);
}

/**
 * The sections of a binary, in its order.
 * @throws RangeError when one ends behind the binary
 */
export function* readSections(binary: Uint8Array): Generator<Section> {
	for (let at = PREAMBLE; at < binary.length; ) {
		const size = readNumber(binary, at + 1);
		const section = { id: binary[at] as number, start: at, body: size.next, end: size.next + size.value };
		if (section.end > binary.length) throw new RangeError(TRUNCATED);
		yield section;
		at = section.end;
	}
}

/** What a binary imports, in its order: functions, tables, memories, globals. */
export function readImports(binary: Uint8Array): Import[] {
	const { body } = findSection(binary, IMPORT_SECTION);
	const count = readNumber(binary, body);
	const imports: Import[] = [];
	for (let i = 0, at = count.next; i < count.value; i++) {
		const module = readName(binary, at);
		const { text, next } = readName(binary, module.next);
		const kind = binary[next] as number;
		imports.push({ name: text, kind, type: kind === FUNCTION ? readNumber(binary, next + 1).value : 0 });
		at = afterType(binary, next + 1, kind);
	}
	return imports;
}

/** What a binary exports, in its order. Names are not read: to decode 10,000 of them takes 10 ms. */
export function* readExports(binary: Uint8Array): Generator<Export> {
	const count = readNumber(binary, findSection(binary, EXPORT_SECTION).body);
	for (let i = 0, start = count.next; i < count.value; i++) {
		const length = readNumber(binary, start);
		const kindAt = length.next + length.value;
		const index = readNumber(binary, kindAt + 1);
		yield { start, end: index.next, kind: binary[kindAt] as number, index: index.value };
		start = index.next;
	}
}

function afterType(binary: Uint8Array, at: number, kind: number): number {
	switch (kind) {
		case FUNCTION:
			return readNumber(binary, at).next;
		case TABLE:
			return afterLimits(binary, at + 1);
		case MEMORY:
			return afterLimits(binary, at);
		case GLOBAL:
			return at + 2;
		default:
			return readNumber(binary, at + 1).next;
	}
}

function afterLimits(binary: Uint8Array, at: number): number {
	const limited = ((binary[at] ?? 0) & 1) === 1;
	const { next } = readNumber(binary, at + 1);
	return limited ? readNumber(binary, next).next : next;
}

/** Reads a name, with its length before it. */
export function readName(bytes: Uint8Array, at: number): { text: string; next: number } {
	const length = readNumber(bytes, at);
	const next = length.next + length.value;
	return { text: decoder.decode(bytes.subarray(length.next, next)), next };
}

/** Reads a number in LEB128, unsigned, 32 bits. */
export function readNumber(bytes: Uint8Array, at: number): { value: number; next: number } {
	let value = 0;
	let next = at;
	for (let shift = 0; ; shift += 7) {
		const byte = bytes[next++];
		if (byte === undefined) throw new RangeError(TRUNCATED);
		value |= (byte & 0x7f) << shift;
		if ((byte & 0x80) === 0) return { value: value >>> 0, next };
	}
}

/** A number in LEB128, unsigned. */
export function numberBytes(value: number): number[] {
	const bytes: number[] = [];
	for (let rest = value; ; ) {
		const low = rest & 0x7f;
		rest >>>= 7;
		bytes.push(rest === 0 ? low : low | 0x80);
		if (rest === 0) return bytes;
	}
}

/** Reads a number in LEB128, signed, 32 bits. */
export function readSigned(bytes: Uint8Array, at: number): { value: number; next: number } {
	const { value, next } = readNumber(bytes, at);
	const bits = 7 * (next - at);
	return { value: bits < 32 ? (value << (32 - bits)) >> (32 - bits) : value | 0, next };
}

/** A number of 32 bits in signed LEB128: its highest bit says whether it is negative. */
export function signedBytes(value: number): number[] {
	const bytes: number[] = [];
	for (let rest = value; ; ) {
		const low = rest & 0x7f;
		rest >>= 7;
		const isLast = rest === ((low & 0x40) === 0 ? 0 : -1);
		bytes.push(isLast ? low : low | 0x80);
		if (isLast) return bytes;
	}
}
