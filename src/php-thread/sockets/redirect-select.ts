import { join, readNumber, writeNumber } from '../../threads/trim-exports.ts';

/** What `__syscall_sendmsg` gets as its sixth argument when it stands for select(); libc passes 0. */
export const SELECT_MARK = 0x53454c;

const IMPORT_SECTION = 2;
const EXPORT_SECTION = 7;
const CODE_SECTION = 10;
const PREAMBLE = 8;
/** Kinds of imports. */
const FUNCTION = 0;
const TABLE = 1;
const MEMORY = 2;
const GLOBAL = 3;
const LOCAL_GET = 0x20;
const I32_CONST = 0x41;
const CALL = 0x10;
const END = 0x0b;
const SELECT_PARAMETERS = 5;

type Section = { id: number; start: number; body: number; end: number };

/**
 * Rewrites php.wasm so that select() is a system call, as poll() is. Upstream's select() asks for one descriptor after
 * the other, waits the whole time for each, and tells the caller that all of them are ready. There is no import for
 * select(), and a new one would renumber all functions: it comes by an existing one of the same shape, with a mark.
 * @throws RangeError when the binary is not as expected
 */
export function redirectSelect(binary: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
	const sections = readSections(binary);
	const find = (id: number): Section => {
		const section = sections.find((one) => one.id === id);
		if (section === undefined) throw new RangeError(`The WASM binary has no section ${id}.`);
		return section;
	};
	const imports = readImports(binary, find(IMPORT_SECTION));
	const index = readExport(binary, find(EXPORT_SECTION), '__wrap_select') - imports.functions;
	const code = find(CODE_SECTION);
	const count = readNumber(binary, code.body);
	let at = count.next;
	for (let i = 0; i < index; i++) {
		const size = readNumber(binary, at);
		at = size.next + size.value;
	}
	const old = readNumber(binary, at);
	const body = selectBody(imports.sendmsg);
	const changed = join([
		binary.subarray(code.body, at),
		writeNumber(body.length),
		body,
		binary.subarray(old.next + old.value, code.end),
	]);
	return join([
		binary.subarray(0, code.start),
		Uint8Array.of(CODE_SECTION),
		writeNumber(changed.length),
		changed,
		binary.subarray(code.end),
	]);
}

/** No locals; the arguments and the mark go to the import, its result comes back. */
function selectBody(sendmsg: number): Uint8Array {
	const parameters = Array.from({ length: SELECT_PARAMETERS }, (_, i) => Uint8Array.of(LOCAL_GET, i));
	return join([
		Uint8Array.of(0),
		...parameters,
		Uint8Array.of(I32_CONST),
		signed(SELECT_MARK),
		Uint8Array.of(CALL),
		writeNumber(sendmsg),
		Uint8Array.of(END),
	]);
}

/** A positive number in signed LEB128: its highest bit must not look like a sign. */
function signed(value: number): Uint8Array {
	const bytes = writeNumber(value);
	const last = bytes.at(-1) ?? 0;
	if ((last & 0x40) === 0) return bytes;
	return Uint8Array.of(...bytes.subarray(0, -1), last | 0x80, 0);
}

function readSections(binary: Uint8Array): Section[] {
	const sections: Section[] = [];
	for (let at = PREAMBLE; at < binary.length; ) {
		const size = readNumber(binary, at + 1);
		const end = size.next + size.value;
		sections.push({ id: binary[at] as number, start: at, body: size.next, end });
		at = end;
	}
	return sections;
}

/** How many functions are imported, and the index of `__syscall_sendmsg` among them. */
function readImports(binary: Uint8Array, section: Section): { functions: number; sendmsg: number } {
	const count = readNumber(binary, section.body);
	let functions = 0;
	let sendmsg = -1;
	for (let i = 0, at = count.next; i < count.value; i++) {
		const module = readName(binary, at);
		const name = readName(binary, module.next);
		const kind = binary[name.next];
		at = name.next + 1;
		if (kind === FUNCTION) {
			if (name.text === '__syscall_sendmsg') sendmsg = functions;
			functions++;
			at = readNumber(binary, at).next;
		} else if (kind === TABLE || kind === MEMORY) {
			if (kind === TABLE) at++;
			const limited = ((binary[at] ?? 0) & 1) === 1;
			at = readNumber(binary, at + 1).next;
			if (limited) at = readNumber(binary, at).next;
		} else if (kind === GLOBAL) {
			at += 2;
		} else {
			at = readNumber(binary, at + 1).next;
		}
	}
	if (sendmsg === -1) throw new RangeError('php.wasm does not import __syscall_sendmsg.');
	return { functions, sendmsg };
}

function readExport(binary: Uint8Array, section: Section, wanted: string): number {
	const count = readNumber(binary, section.body);
	for (let i = 0, at = count.next; i < count.value; i++) {
		const name = readName(binary, at);
		const index = readNumber(binary, name.next + 1);
		if (name.text === wanted && binary[name.next] === FUNCTION) return index.value;
		at = index.next;
	}
	throw new RangeError(`php.wasm does not export ${wanted}.`);
}

function readName(binary: Uint8Array, at: number): { text: string; next: number } {
	const length = readNumber(binary, at);
	const next = length.next + length.value;
	return { text: String.fromCharCode(...binary.subarray(length.next, next)), next };
}
