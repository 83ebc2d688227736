import { join, readNumber, writeNumber } from '../../threads/trim-exports.ts';
import { redirectShutdown } from './redirect-shutdown.ts';

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
 * Rewrites php.wasm so that select() and shutdown() reach the host, as poll() does. Takes 100 ms, once per process.
 * @throws RangeError when the binary is not as expected
 */
export function redirectCalls(binary: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
	const sections = readSections(binary);
	const find = (id: number): Section => {
		const section = sections.find((one) => one.id === id);
		if (section === undefined) throw new RangeError(`The WASM binary has no section ${id}.`);
		return section;
	};
	const imports = readImports(binary, find(IMPORT_SECTION));
	const indexOf = (name: string): number => {
		const index = imports.indexOf(name);
		if (index === -1) throw new RangeError(`php.wasm does not import ${name}.`);
		return index;
	};
	const code = find(CODE_SECTION);
	const select = readExport(binary, find(EXPORT_SECTION), '__wrap_select') - imports.length;
	const changed = replaceFunction(binary, code, select, selectBody(indexOf('__syscall_sendmsg')));
	redirectShutdown(changed, indexOf('wasm_shutdown'));
	return join([
		binary.subarray(0, code.start),
		Uint8Array.of(CODE_SECTION),
		writeNumber(changed.length),
		changed,
		binary.subarray(code.end),
	]);
}

/** A copy of the code section in which the body of one function is another. */
function replaceFunction(binary: Uint8Array, code: Section, index: number, body: Uint8Array): Uint8Array {
	const count = readNumber(binary, code.body);
	let at = count.next;
	for (let i = 0; i < index; i++) {
		const size = readNumber(binary, at);
		at = size.next + size.value;
	}
	const old = readNumber(binary, at);
	const rest = binary.subarray(old.next + old.value, code.end);
	return join([binary.subarray(code.body, at), writeNumber(body.length), body, rest]);
}

/**
 * select() as a call of the import. Upstream's asks for one descriptor after the other, waits the whole time for each,
 * and tells the caller that all of them are ready. It has no import of its own, and a new one would renumber all
 * functions: it comes by one of the same shape, with a mark.
 */
function selectBody(sendmsg: number): Uint8Array {
	return join([
		Uint8Array.of(0),
		...Array.from({ length: SELECT_PARAMETERS }, (_, i) => Uint8Array.of(LOCAL_GET, i)),
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

/** The names of the functions that are imported, by their index. */
function readImports(binary: Uint8Array, section: Section): string[] {
	const count = readNumber(binary, section.body);
	const functions: string[] = [];
	for (let i = 0, at = count.next; i < count.value; i++) {
		const module = readName(binary, at);
		const name = readName(binary, module.next);
		const kind = binary[name.next];
		at = name.next + 1;
		if (kind === FUNCTION) {
			functions.push(name.text);
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
	return functions;
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
