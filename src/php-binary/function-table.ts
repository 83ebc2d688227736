import { ELEMENT_SECTION, findSection, readNumber } from './wasm-format.ts';

/** A segment that fills the only table from a constant offset: the only kind that php.wasm has. */
const ACTIVE = 0;
const I32_CONST = 0x41;
const END = 0x0b;

/** What the function table of a binary holds: functions by index, the first of them in slot `first`. */
export type FunctionTable = { first: number; functions: number[] };

/** @throws RangeError when the table is filled in another way than php.wasm's */
export function readFunctionTable(binary: Uint8Array): FunctionTable {
	const { body } = findSection(binary, ELEMENT_SECTION);
	const segments = readNumber(binary, body);
	const mode = readNumber(binary, segments.next);
	const first = readNumber(binary, mode.next + 1);
	const isPlain = mode.value === ACTIVE && binary[mode.next] === I32_CONST && binary[first.next] === END;
	if (segments.value !== 1 || !isPlain) throw new RangeError('php.wasm fills its function table in an unknown way.');
	const count = readNumber(binary, first.next + 1);
	const functions: number[] = [];
	for (let i = 0, at = count.next; i < count.value; i++) {
		const index = readNumber(binary, at);
		functions.push(index.value);
		at = index.next;
	}
	return { first: first.value, functions };
}
