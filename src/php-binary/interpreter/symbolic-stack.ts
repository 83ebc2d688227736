import type { Instruction } from './instructions.ts';
import { Op, operandsOf, Prefixed } from './opcodes.ts';
import type { Signature } from './php-module.ts';

/** What is known of a value on the stack, and between which places of the output it was pushed. */
export type Value = {
	/** `frame`: the address of the frame that the handler got. `pointer`: an opline plus a multiple of 4. */
	kind: 'frame' | 'constant' | 'pointer' | 'other';
	constant: number;
	from: number;
	to: number;
};

export const other = (from: number, to: number): Value => ({ kind: 'other', constant: 0, from, to });

/** How an instruction that is neither a block nor the end of one changes the stack. */
export type Effect = { pops: number; pushes: number };

/**
 * @throws RangeError for an instruction without such an effect
 */
export function effectOf(
	{ op, operand }: Instruction,
	signatures: readonly Signature[],
	typeOf: (index: number) => number,
): Effect {
	if (op >= Op.firstNumeric && op <= Op.lastNumeric) return { pops: operandsOf(op), pushes: 1 };
	if (op >= Op.i32Load && op <= Op.lastLoad) return { pops: 1, pushes: 1 };
	if (op >= Op.i32Store && op <= Op.lastStore) return { pops: 2, pushes: 0 };
	if (op >= Op.i32Const && op <= Op.f64Const) return { pops: 0, pushes: 1 };
	switch (op) {
		case Op.nop:
			return { pops: 0, pushes: 0 };
		case Op.drop:
		case Op.localSet:
		case Op.globalSet:
		case Op.brIf:
			return { pops: 1, pushes: 0 };
		case Op.select:
			return { pops: 3, pushes: 1 };
		case Op.localGet:
		case Op.globalGet:
		case Op.memorySize:
			return { pops: 0, pushes: 1 };
		case Op.localTee:
		case Op.memoryGrow:
			return { pops: 1, pushes: 1 };
		case Op.call:
		case Op.callIndirect: {
			const isIndirect = op === Op.callIndirect;
			const signature = signatures[isIndirect ? operand : typeOf(operand)];
			if (signature === undefined) throw new RangeError('A function has an unknown type.');
			return { pops: signature.parameters + (isIndirect ? 1 : 0), pushes: signature.results };
		}
		case Op.prefixed:
			return operand <= Prefixed.lastTruncation ? { pops: 1, pushes: 1 } : { pops: 3, pushes: 0 };
		default:
			throw new RangeError(`Instruction 0x${op.toString(16)} has no effect that is known.`);
	}
}
