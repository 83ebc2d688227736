import type { FunctionTable } from '../function-table.ts';
import { DATA_SECTION, findSection, readNumber } from '../wasm-format.ts';

const ACTIVE = 0;
const POINTER = 4;
/** PHP has three times as many handlers. */
const FEWEST = 300;
/** A sequence that has not that many different ones after so many entries is something else. */
const EARLY = { entries: 100, distinct: 10 };

/** Where the handlers of opcodes stand in the function table: `count` slots that follow each other. */
export type HandlerSlots = { first: number; count: number };

/**
 * Finds the handlers without their names, which the browser's binaries do not have. PHP's data hold an array of all of them,
 * in the order of their numbers; the linker gave each its slot when it first met it there. So it is the one sequence in which
 * each value is a slot that was there before, or the next one.
 * @throws RangeError when there is not exactly one such sequence
 */
export function findHandlerSlots(binary: Uint8Array, table: FunctionTable): HandlerSlots {
	const found = [...readSegments(binary)].flatMap(({ address, data }) => sequences(address, data, table));
	const [only] = found;
	if (only === undefined || found.length > 1) {
		throw new RangeError(`php.wasm has ${found.length} lists of handlers; 1 was expected.`);
	}
	return only;
}

function sequences(address: number, data: Uint8Array, table: FunctionTable): HandlerSlots[] {
	const found: HandlerSlots[] = [];
	const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
	const behind = table.first + table.functions.length;
	for (let at = (POINTER - (address % POINTER)) % POINTER; at + POINTER <= data.length; at += POINTER) {
		const first = view.getUint32(at, true);
		if (first < table.first || first >= behind) continue;
		const { count, entries } = sequenceAt(view, at, first, behind);
		if (count < FEWEST) continue;
		found.push({ first, count });
		at += (entries - 1) * POINTER;
	}
	return found;
}

function sequenceAt(view: DataView, at: number, first: number, behind: number): { count: number; entries: number } {
	let last = first;
	let entries = 1;
	for (; at + (entries + 1) * POINTER <= view.byteLength; entries++) {
		const slot = view.getUint32(at + entries * POINTER, true);
		if (slot < first || slot > last + 1 || slot >= behind) break;
		last = Math.max(last, slot);
		if (entries === EARLY.entries && last - first < EARLY.distinct) break;
	}
	return { count: last - first + 1, entries };
}

function* readSegments(binary: Uint8Array): Generator<{ address: number; data: Uint8Array }> {
	const count = readNumber(binary, findSection(binary, DATA_SECTION).body);
	for (let i = 0, at = count.next; i < count.value; i++) {
		if (binary[at] !== ACTIVE) throw new RangeError('php.wasm has data of an unknown kind.');
		const address = readNumber(binary, at + 2);
		const length = readNumber(binary, address.next + 1);
		at = length.next + length.value;
		yield { address: address.value, data: binary.subarray(length.next, at) };
	}
}
