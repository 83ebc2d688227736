import { joinBytes } from '../../bytes/join-bytes.ts';
import { applyEdits, type Edit } from '../edits.ts';
import {
	CODE_SECTION,
	EXPORT_SECTION,
	findSection,
	MEMORY,
	MEMORY_SECTION,
	numberBytes,
	readNumber,
	type Section,
} from '../wasm-format.ts';
import { CodeWriter } from './code-writer.ts';
import { readInstructions } from './instructions.ts';
import { readLocals } from './locals.ts';
import { I32, Op } from './opcodes.ts';
import { readPhpModule } from './php-module.ts';
import { exportedFunction } from './rewrite-interpreter.ts';
import { recognizeInterpreter } from './stock-interpreter.ts';

/** Name of the memory with the counts, shared: a 32-bit number for each slot of the function table. */
export const COUNTS = 'igor_counts';
/** Pages of 64 KB, for 32,768 slots. */
const PAGES = 2;
const IS_SHARED = 3;
/** Of the second memory: alignment 4 bytes, and that an index follows. */
const SECOND = [0x42, 1, 0] as const;
const I32_SHL = 0x74;
/** Upstream's execute_ex() has a parameter and one local; this is added. */
const SCRATCH = 2;

/**
 * A copy of php.wasm whose execute_ex() counts the handlers that it calls, by their slots. Only to find out which ones are
 * hot.
 * @param binary upstream's
 * @throws RangeError when it is not exactly as expected
 */
export function countHandlers(binary: Uint8Array): Uint8Array<ArrayBuffer> {
	const module = readPhpModule(binary);
	const { function: body } = recognizeInterpreter(module, exportedFunction(binary, 'execute_ex'));
	const { code } = readLocals(binary, body);
	const out = new CodeWriter();
	out.raw(1, 2, I32);
	for (const { op, at, next } of readInstructions(binary, code, body.end)) {
		// On the stack: the handler's arguments, and its slot.
		if (op === Op.callIndirect) writeCount(out);
		out.copy(binary.subarray(at, next));
	}
	const inserted = joinBytes([numberBytes(out.length), out.bytes]);
	const section = findSection(binary, CODE_SECTION);
	const size = section.end - section.body + inserted.length - (body.end - body.start);
	const name = [...new TextEncoder().encode(COUNTS)];
	return applyEdits(binary, [
		addTo(binary, findSection(binary, MEMORY_SECTION), [IS_SHARED, PAGES, PAGES]),
		addTo(binary, findSection(binary, EXPORT_SECTION), [name.length, ...name, MEMORY, 1]),
		{ at: section.start + 1, removed: section.body - section.start - 1, inserted: Uint8Array.from(numberBytes(size)) },
		{ at: body.start, removed: body.end - body.start, inserted },
	]);
}

function writeCount(out: CodeWriter): void {
	const address = (): void => {
		out.op(Op.localGet, SCRATCH);
		out.i32(2);
		out.raw(I32_SHL);
	};
	out.op(Op.localSet, SCRATCH);
	address();
	address();
	out.raw(Op.i32Load, ...SECOND);
	out.i32(1);
	out.raw(Op.i32Add, Op.i32Store, ...SECOND);
	out.op(Op.localGet, SCRATCH);
}

/** One more entry at the end of a section. */
function addTo(binary: Uint8Array, { start, body, end }: Section, entry: readonly number[]): Edit {
	const count = readNumber(binary, body);
	const counted = numberBytes(count.value + 1);
	const size = counted.length + (end - count.next) + entry.length;
	const head = [binary[start] ?? 0, ...numberBytes(size), ...counted];
	return { at: start, removed: end - start, inserted: joinBytes([head, binary.subarray(count.next, end), entry]) };
}
