import { CUSTOM_SECTION, readName, readNumber, readSections } from '../wasm-format.ts';

const SECTION = 'name';
const FUNCTIONS = 1;

/** The names of a binary's functions by their index. Empty when it has none, as those for browsers. */
export function readFunctionNames(binary: Uint8Array): Map<number, string> {
	const names = new Map<number, string>();
	for (const { id, body, end } of readSections(binary)) {
		if (id !== CUSTOM_SECTION) continue;
		const section = readName(binary, body);
		if (section.text !== SECTION) continue;
		for (let at = section.next; at < end; ) {
			const size = readNumber(binary, at + 1);
			if (binary[at] === FUNCTIONS) readNames(binary, size.next, names);
			at = size.next + size.value;
		}
	}
	return names;
}

function readNames(binary: Uint8Array, start: number, names: Map<number, string>): void {
	const count = readNumber(binary, start);
	for (let i = 0, at = count.next; i < count.value; i++) {
		const index = readNumber(binary, at);
		const name = readName(binary, index.next);
		names.set(index.value, name.text);
		at = name.next;
	}
}
