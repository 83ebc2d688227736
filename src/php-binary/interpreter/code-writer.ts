import { numberBytes, signedBytes } from '../wasm-format.ts';
import { Op } from './opcodes.ts';

/** Code that grows at its end. */
export class CodeWriter {
	readonly bytes: number[] = [];

	get length(): number {
		return this.bytes.length;
	}

	/** Takes back what was written from `at` on. */
	truncate(at: number): void {
		this.bytes.length = at;
	}

	/** An instruction without operands, or several, or what stands behind one. */
	raw(...bytes: number[]): void {
		for (const byte of bytes) this.bytes.push(byte);
	}

	copy(bytes: Uint8Array): void {
		for (const byte of bytes) this.bytes.push(byte);
	}

	/** An instruction with one index, or count, behind it. */
	op(op: number, operand: number): void {
		this.raw(op, ...numberBytes(operand));
	}

	i32(value: number): void {
		this.raw(Op.i32Const, ...signedBytes(value));
	}

	/** A load or store at an offset below 128. */
	memory(op: number, alignment: number, offset = 0): void {
		this.raw(op, alignment, offset);
	}
}
