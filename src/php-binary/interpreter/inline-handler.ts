import type { CodeWriter } from './code-writer.ts';
import { type Handler, opensBlock, returnsAt } from './handler.ts';
import type { Instruction } from './instructions.ts';
import { bothKnown, type Known, type Open } from './known.ts';
import { I32, NO_RESULT, Op } from './opcodes.ts';
import type { PhpModule } from './php-module.ts';
import type { Convention } from './stock-interpreter.ts';
import { effectOf, other, type Value } from './symbolic-stack.ts';

/** Where a handler can go on, as depths of branches from where its code begins. */
export type Exits = {
	/** The next opline is in the local. */
	fast: number;
	/** The same, after a poll for interrupts. */
	turn: number;
	/** The next opline is in the frame only. */
	next: number;
	/** What was returned is in the local, and is to be looked at. */
	slow: number;
	/** Another frame is the current one. */
	enter: number;
};

/** The locals of the new execute_ex() that a handler uses. */
export type Places = {
	opline: number;
	/** What a handler has returned; only where it is a code. */
	code: number;
	/** The local that takes the place of one of the handler's. */
	local: (index: number) => number;
};

/** `sizeof(zend_op)` is a multiple of it, and every opline is aligned to it. */
const ALIGNMENT = 4;

/** Writes the body of one handler into execute_ex(). What it returned becomes a branch. */
export class HandlerInliner {
	readonly #stack: Value[] = [];
	/** The first is the block that stands for the handler itself: to leave it is to return. */
	readonly #open: Open[] = [];
	readonly #usesCode: boolean;
	#known: Known;
	/** Nothing leads here: what follows is left out, up to where its block ends. */
	#dead = false;
	/** Blocks that began in what is left out. */
	#skipped = 0;

	readonly #module: PhpModule;
	readonly #handler: Handler;
	readonly #places: Places;
	readonly #exits: Exits;
	readonly #out: CodeWriter;

	constructor(
		module: PhpModule,
		handler: Handler,
		convention: Convention,
		places: Places,
		exits: Exits,
		out: CodeWriter,
	) {
		this.#module = module;
		this.#handler = handler;
		this.#places = places;
		this.#exits = exits;
		this.#out = out;
		this.#usesCode = convention === 'code';
		this.#known = { stored: this.#usesCode, frame: true, opline: !this.#usesCode };
	}

	/** @throws RangeError when the handler does what is not known */
	write(): void {
		this.#openBlock(Op.block, I32, -1);
		for (const [i, instruction] of this.#handler.instructions.entries()) {
			if (this.#dead && this.#skips(instruction.op)) continue;
			this.#write(i, instruction);
		}
		if (this.#open.length > 0) throw new RangeError('A handler does not end.');
	}

	#skips(op: number): boolean {
		if (opensBlock(op)) this.#skipped++;
		else if (this.#skipped === 0) return op !== Op.else && op !== Op.end;
		else if (op === Op.end) this.#skipped--;
		return true;
	}

	#write(i: number, instruction: Instruction): void {
		const { op, operand } = instruction;
		switch (op) {
			case Op.block:
			case Op.loop:
			case Op.if:
				if (op === Op.if) this.#pop();
				this.#openBlock(op, operand, i);
				break;
			case Op.else:
				this.#else(i);
				break;
			case Op.end:
				if (this.#open.length === 1) this.#endHandler();
				else this.#endBlock(i);
				break;
			case Op.return:
				this.#leave();
				break;
			case Op.br:
			case Op.brIf:
			case Op.brTable:
			case Op.unreachable:
				this.#writeBranch(instruction);
				break;
			case Op.localGet:
				this.#localGet(operand);
				break;
			case Op.localSet:
			case Op.localTee:
				this.#localSet(op, operand);
				break;
			default:
				this.#plain(instruction);
		}
	}

	#writeBranch(instruction: Instruction): void {
		const { op, operand } = instruction;
		if (op === Op.br && operand === this.#open.length - 1) {
			this.#leave();
			return;
		}
		if (op === Op.brIf || op === Op.brTable) this.#pop();
		if (op === Op.br || op === Op.brIf) this.#branch(operand);
		for (const depth of instruction.depths ?? []) this.#branch(depth);
		this.#copy(instruction);
		this.#dead = op !== Op.brIf;
	}

	#openBlock(op: number, result: number, start: number): void {
		this.#open.push({ op, result, height: this.#stack.length, before: this.#known, met: undefined, start });
		this.#out.raw(op, result);
		// Branches lead here that are not known yet.
		if (op === Op.loop) {
			this.#known = { stored: false, frame: this.#known.frame && !this.#handler.reassignsFrame, opline: false };
		}
	}

	#else(i: number): void {
		const block = this.#top();
		this.#endArm(block, i);
		this.#known = block.before;
		block.op = Op.else;
		this.#out.raw(Op.else);
	}

	#endBlock(i: number): void {
		const block = this.#top();
		this.#endArm(block, i);
		if (block.op === Op.if) this.#meet(block, block.before);
		this.#open.pop();
		this.#out.raw(Op.end);
		if (block.result !== NO_RESULT) this.#push();
		if (block.met !== undefined) {
			this.#known = block.met;
			return;
		}
		this.#out.raw(Op.unreachable);
		this.#dead = true;
	}

	/** The end of a block, or of the first half of an `if`, is reached from above, or not. */
	#endArm(block: Open, i: number): void {
		if (!this.#dead) {
			const end = this.#handler.ends.get(block.start) ?? i;
			const returns = block.result !== NO_RESULT && block.op !== Op.loop && returnsAt(this.#handler, end + 1);
			// A value that the handler returns at once can be judged here, where it is known best.
			if (!returns || !this.#finish()) this.#meet(block, this.#known);
		}
		this.#dead = false;
		this.#stack.length = block.height;
	}

	#endHandler(): void {
		if (!this.#dead && !this.#finish()) this.#meet(this.#top(), this.#known);
		const [whole] = this.#open.splice(0);
		this.#out.raw(Op.end);
		if (whole?.met === undefined) {
			this.#out.raw(Op.unreachable);
			return;
		}
		const [out, places, exits] = [this.#out, this.#places, this.#exits];
		if (this.#usesCode) {
			out.op(Op.localTee, places.code);
			out.raw(Op.i32Eqz);
		} else {
			out.op(Op.localTee, places.opline);
			out.i32(1);
			out.raw(Op.i32And, Op.i32Eqz);
		}
		out.op(Op.brIf, this.#nextExit(whole.met));
		out.op(Op.br, exits.slow);
	}

	/** The handler returns what is on the stack. */
	#leave(): void {
		if (!this.#finish()) {
			this.#branch(this.#open.length - 1);
			this.#out.op(Op.br, this.#open.length - 1);
		}
		this.#dead = true;
	}

	/** Leaves the handler when it is known what the value on the stack means. */
	#finish(): boolean {
		const value = this.#stack.at(-1);
		const [out, places, exits] = [this.#out, this.#places, this.#exits];
		const depth = this.#open.length;
		const isConstant = value?.kind === 'constant';
		if (this.#usesCode) {
			if (!isConstant) return false;
			if (value.constant < 0) out.raw(Op.return);
			else out.op(Op.br, depth + (value.constant > 0 ? exits.enter : this.#nextExit(this.#known)));
		} else if (isConstant && value.constant === 1) {
			out.raw(Op.return);
		} else if (value?.kind === 'pointer') {
			out.op(Op.localSet, places.opline);
			out.op(Op.br, depth + this.#nextExit(this.#known));
		} else {
			return false;
		}
		this.#dead = true;
		return true;
	}

	#nextExit({ stored }: Known): number {
		if (this.#usesCode && !stored) return this.#exits.next;
		return this.#handler.polls ? this.#exits.turn : this.#exits.fast;
	}

	#localGet(index: number): void {
		const from = this.#out.length;
		this.#out.op(Op.localGet, this.#places.local(index));
		const kind = index === 0 && this.#known.frame ? 'frame' : this.#isOpline(index) ? 'pointer' : 'other';
		this.#stack.push({ kind, constant: 0, from, to: this.#out.length });
	}

	#localSet(op: number, index: number): void {
		const value = this.#pop();
		if (index === 0) this.#known = { ...this.#known, frame: value.kind === 'frame' };
		if (index === 1) this.#known = { ...this.#known, opline: !this.#usesCode && value.kind === 'pointer' };
		this.#out.op(op, this.#places.local(index));
		if (op === Op.localTee) this.#stack.push(value);
	}

	#isOpline(index: number): boolean {
		return index === 1 && this.#known.opline;
	}

	#plain(instruction: Instruction): void {
		const { op, operand } = instruction;
		const effect = effectOf(instruction, this.#module.signatures, this.#module.typeOf);
		const operands = Array.from({ length: effect.pops }, () => this.#pop()).reverse();
		const [first, second] = operands;
		if (op === Op.i32Load && operand === 0 && first?.kind === 'frame') {
			this.#loadOpline(first, instruction);
			return;
		}
		if (op >= Op.i32Store && op <= Op.lastStore) this.#noteStore(instruction, first);
		const isCall = op === Op.call || op === Op.callIndirect;
		if (isCall || op === Op.prefixed) this.#known = { ...this.#known, stored: false };
		const from = this.#out.length;
		this.#copy(instruction);
		if (effect.pushes === 0) return;
		if (effect.pushes > 1) throw new RangeError('A function returns several values.');
		const aligned = second?.kind === 'constant' && second.constant % ALIGNMENT === 0;
		if (op === Op.i32Const) this.#stack.push({ kind: 'constant', constant: operand, from, to: this.#out.length });
		else if (op === Op.i32Add && first?.kind === 'pointer' && aligned) this.#push('pointer');
		else this.#push();
	}

	/** `execute_data->opline` is read. */
	#loadOpline(address: Value, instruction: Instruction): void {
		const out = this.#out;
		if (this.#usesCode && this.#known.stored && address.to === out.length) {
			out.truncate(address.from);
			out.op(Op.localGet, this.#places.opline);
		} else {
			this.#copy(instruction);
		}
		this.#push(this.#usesCode ? 'other' : 'pointer');
	}

	/** Before a store is written: what it does to `execute_data->opline`, the first field of the frame. */
	#noteStore({ op, operand }: Instruction, address: Value | undefined): void {
		if (!this.#usesCode || operand >= ALIGNMENT || address?.kind === 'constant') return;
		const stored = address?.kind === 'frame' && op === Op.i32Store && operand === 0;
		if (stored) this.#out.op(Op.localTee, this.#places.opline);
		this.#known = { ...this.#known, stored };
	}

	/** A branch leads to the end of a block, or to the start of a loop, which does not rely on anything. */
	#branch(depth: number): void {
		const target = this.#open.at(-1 - depth);
		if (target === undefined) throw new RangeError('A branch leads out of its function.');
		if (target.op !== Op.loop) this.#meet(target, this.#known);
	}

	/** Something leads to the end of a block. */
	#meet(block: Open, known: Known): void {
		block.met = block.met === undefined ? known : bothKnown(block.met, known);
	}

	#copy({ at, next }: Instruction): void {
		this.#out.copy(this.#module.binary.subarray(at, next));
	}

	#top(): Open {
		const block = this.#open.at(-1);
		if (block === undefined) throw new RangeError('A block ends that has not begun.');
		return block;
	}

	#push(kind: Value['kind'] = 'other'): void {
		this.#stack.push({ ...other(this.#out.length, this.#out.length), kind });
	}

	#pop(): Value {
		const value = this.#stack.pop();
		if (value === undefined || this.#stack.length < (this.#open.at(-1)?.height ?? 0)) {
			throw new RangeError('A value is taken that is not there.');
		}
		return value;
	}
}
