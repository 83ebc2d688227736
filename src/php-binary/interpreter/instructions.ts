import { readNumber, readSigned } from '../wasm-format.ts';
import { F32, F64, I32, I64, NO_RESULT, Op, Prefixed } from './opcodes.ts';

/** One instruction of a binary: it stands from `at` up to `next`. */
export type Instruction = {
	op: number;
	at: number;
	next: number;
	/**
	 * What follows the opcode, as far as anybody asks: a local, a global, a function, a depth, an i32; of a load or store the
	 * offset, of an indirect call the type of the function, of a block its result, of a prefixed instruction its number.
	 */
	operand: number;
	/** Of a `br_table`: all depths, the default last. */
	depths?: number[];
};

/**
 * Reads an instruction.
 * @throws RangeError for one that clang does not make of PHP's handlers: exceptions, SIMD, threads, references
 */
export function readInstruction(code: Uint8Array, at: number): Instruction {
	const op = code[at] ?? Number.NaN;
	const plain = { op, at, next: at + 1, operand: 0 };
	if (op >= Op.firstNumeric && op <= Op.lastNumeric) return plain;
	if (op >= Op.i32Load && op <= Op.lastStore) {
		const offset = readNumber(code, readNumber(code, at + 1).next);
		return { op, at, next: offset.next, operand: offset.value };
	}
	switch (op) {
		case Op.unreachable:
		case Op.nop:
		case Op.else:
		case Op.end:
		case Op.return:
		case Op.drop:
		case Op.select:
			return plain;
		case Op.block:
		case Op.loop:
		case Op.if: {
			const result = code[at + 1] ?? Number.NaN;
			if (![NO_RESULT, I32, I64, F32, F64].includes(result)) throw new RangeError('A block has an unknown type.');
			return { op, at, next: at + 2, operand: result };
		}
		case Op.br:
		case Op.brIf:
		case Op.call:
		case Op.localGet:
		case Op.localSet:
		case Op.localTee:
		case Op.globalGet:
		case Op.globalSet: {
			const index = readNumber(code, at + 1);
			return { op, at, next: index.next, operand: index.value };
		}
		case Op.callIndirect: {
			const type = readNumber(code, at + 1);
			return { op, at, next: readNumber(code, type.next).next, operand: type.value };
		}
		case Op.memorySize:
		case Op.memoryGrow:
			return { ...plain, next: at + 2 };
		case Op.i32Const: {
			const constant = readSigned(code, at + 1);
			return { op, at, next: constant.next, operand: constant.value };
		}
		case Op.i64Const:
			return { ...plain, next: afterNumber(code, at + 1) };
		case Op.f32Const:
			return { ...plain, next: at + 5 };
		case Op.f64Const:
			return { ...plain, next: at + 9 };
		case Op.brTable:
			return readBranches(code, at);
		case Op.prefixed:
			return readPrefixed(code, at);
		default:
			throw new RangeError(`Instruction 0x${op.toString(16)} is unknown.`);
	}
}

/** All instructions from `at` up to `end`. */
export function readInstructions(code: Uint8Array, at: number, end: number): Instruction[] {
	const instructions: Instruction[] = [];
	for (let next = at; next < end; ) {
		const instruction = readInstruction(code, next);
		instructions.push(instruction);
		next = instruction.next;
	}
	return instructions;
}

function readBranches(code: Uint8Array, at: number): Instruction {
	const count = readNumber(code, at + 1);
	const depths: number[] = [];
	let { next } = count;
	for (let i = 0; i <= count.value; i++) {
		const depth = readNumber(code, next);
		depths.push(depth.value);
		next = depth.next;
	}
	return { op: Op.brTable, at, next, operand: 0, depths };
}

function readPrefixed(code: Uint8Array, at: number): Instruction {
	const { value, next } = readNumber(code, at + 1);
	const known = { op: Op.prefixed, at, operand: value };
	if (value <= Prefixed.lastTruncation) return { ...known, next };
	if (value === Prefixed.memoryCopy) return { ...known, next: next + 2 };
	if (value === Prefixed.memoryFill) return { ...known, next: next + 1 };
	throw new RangeError(`Instruction 0xfc ${value} is unknown.`);
}

/** Where a number of any length ends. */
function afterNumber(code: Uint8Array, at: number): number {
	let next = at;
	while (((code[next++] ?? 0) & 0x80) !== 0);
	return next;
}
