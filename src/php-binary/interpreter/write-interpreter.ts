import { numberBytes } from '../wasm-format.ts';
import { CodeWriter } from './code-writer.ts';
import type { Handler } from './handler.ts';
import { type Exits, HandlerInliner } from './inline-handler.ts';
import { LocalPools } from './local-pools.ts';
import { F32, F64, I32, I64, NO_RESULT, Op } from './opcodes.ts';
import type { PhpModule } from './php-module.ts';
import type { StockInterpreter } from './stock-interpreter.ts';

/** A handler and the slots of the function table where it stands. */
export type HotHandler = Handler & { slots: readonly number[] };

/** Locals: the parameter, and those that are not the handlers'. */
const FRAME = 0;
const OPLINE = 1;
const TURNS_LEFT = 2;
const CODE = 3;
const FIXED = 3;

/**
 * An engine enters a function's optimized code by a call only, never in the middle of a loop. So execute_ex() calls itself
 * after that many turns, without using more stack; often enough for a script that runs for a second.
 */
const TURNS = 2000;
/** Set in the parameter when execute_ex() goes on like that. Frames are aligned, so nobody else sets it. */
const GOES_ON = 1;
/** The opposite of the bit that says "another frame" in an opline. */
const CLEARED = -2;

/**
 * A body for execute_ex() that does what upstream's does, with the hot handlers inside: a loop that looks up the next
 * handler's slot, with a case for each of them, and calls all others as before.
 * @throws RangeError when a handler cannot be translated
 */
export function writeInterpreter(
	module: PhpModule,
	stock: StockInterpreter,
	handlers: readonly HotHandler[],
): Uint8Array {
	return new InterpreterWriter(module, stock, handlers).write();
}

class InterpreterWriter {
	readonly #out = new CodeWriter();
	readonly #pools: LocalPools;
	readonly #usesCode: boolean;
	readonly #module: PhpModule;
	readonly #stock: StockInterpreter;
	readonly #handlers: readonly HotHandler[];

	constructor(module: PhpModule, stock: StockInterpreter, handlers: readonly HotHandler[]) {
		this.#module = module;
		this.#stock = stock;
		this.#handlers = handlers;
		this.#usesCode = stock.convention === 'code';
		this.#pools = new LocalPools(handlers, FIXED + 1);
	}

	write(): Uint8Array {
		const out = this.#out;
		this.#pools.declare(out, FIXED);
		this.#begin();
		// next: the opline is in the frame only.
		out.raw(Op.loop, NO_RESULT);
		if (this.#usesCode) this.#readOpline();
		// turn: the opline is in the local.
		out.raw(Op.loop, NO_RESULT);
		this.#countTurn();
		// fast
		out.raw(Op.loop, NO_RESULT);
		// enter, slow, and what no case is for
		for (let i = 0; i < 3; i++) out.raw(Op.block, NO_RESULT);
		for (let i = 0; i < this.#handlers.length; i++) out.raw(Op.block, NO_RESULT);
		this.#branchToCase();
		for (const [i, handler] of this.#handlers.entries()) {
			out.raw(Op.end);
			this.#case(handler, this.#handlers.length - i);
		}
		this.#rest();
		return Uint8Array.from(out.bytes);
	}

	/** As upstream's begins, unless it goes on. */
	#begin(): void {
		const out = this.#out;
		out.op(Op.localGet, FRAME);
		out.i32(GOES_ON);
		out.raw(Op.i32And, Op.if, NO_RESULT);
		out.op(Op.localGet, FRAME);
		out.i32(CLEARED);
		out.raw(Op.i32And);
		out.op(Op.localSet, FRAME);
		if (!this.#usesCode) this.#readOpline();
		out.raw(Op.else);
		if (!this.#usesCode) this.#readOpline();
		this.#poll();
		out.raw(Op.end);
		out.i32(TURNS);
		out.op(Op.localSet, TURNS_LEFT);
	}

	#readOpline(): void {
		this.#out.op(Op.localGet, FRAME);
		this.#out.memory(Op.i32Load, 2);
		this.#out.op(Op.localSet, OPLINE);
	}

	/** Where upstream's polls. What the helper tells about the frame is not looked at there, either. */
	#poll(): void {
		const out = this.#out;
		out.i32(this.#stock.interruptFlag);
		out.memory(Op.i32Load8u, 0);
		out.i32(1);
		out.raw(Op.i32Eq, Op.if, NO_RESULT);
		out.op(Op.localGet, FRAME);
		if (!this.#usesCode) out.op(Op.localGet, OPLINE);
		out.op(Op.call, this.#stock.interruptHelper);
		if (this.#usesCode) out.raw(Op.drop);
		else this.#setOpline();
		out.raw(Op.end);
	}

	/** What is on the stack, without the bit for "another frame", is the next opline. */
	#setOpline(): void {
		this.#out.i32(CLEARED);
		this.#out.raw(Op.i32And);
		this.#out.op(Op.localSet, OPLINE);
	}

	#countTurn(): void {
		const out = this.#out;
		out.op(Op.localGet, TURNS_LEFT);
		out.i32(1);
		out.raw(Op.i32Sub);
		out.op(Op.localTee, TURNS_LEFT);
		out.raw(Op.i32Eqz, Op.if, NO_RESULT);
		if (!this.#usesCode) {
			out.op(Op.localGet, FRAME);
			out.op(Op.localGet, OPLINE);
			out.memory(Op.i32Store, 2);
		}
		out.op(Op.localGet, FRAME);
		out.i32(GOES_ON);
		out.raw(Op.i32Add);
		out.op(Op.returnCall, this.#stock.function.index);
		out.raw(Op.end);
	}

	#branchToCase(): void {
		const cases = new Map(this.#handlers.flatMap(({ slots }, i) => slots.map((slot) => [slot, i] as const)));
		const slots = [...cases.keys()];
		const [first, last] = [Math.min(...slots), Math.max(...slots)];
		const none = this.#handlers.length;
		const depths = Array.from({ length: last - first + 1 }, (_, i) => cases.get(first + i) ?? none);
		const out = this.#out;
		this.#handlerSlot();
		out.i32(first);
		out.raw(Op.i32Sub);
		out.op(Op.brTable, depths.length);
		for (const depth of [...depths, none]) out.raw(...numberBytes(depth));
	}

	#handlerSlot(): void {
		this.#out.op(Op.localGet, OPLINE);
		this.#out.memory(Op.i32Load, 2);
	}

	/** @param slow depth of the block whose end is the slow path */
	#case(handler: HotHandler, slow: number): void {
		const out = this.#out;
		const { locals, frameCopy } = this.#pools.assign(handler);
		const parameters = this.#usesCode ? [frameCopy ?? FRAME] : [frameCopy ?? FRAME, OPLINE];
		const all = [...parameters, ...locals];
		if (frameCopy !== undefined) {
			out.op(Op.localGet, FRAME);
			out.op(Op.localSet, frameCopy);
		}
		for (const index of handler.zeroed) {
			out.raw(...zeroOf(handler.locals[index - parameters.length]));
			out.op(Op.localSet, all[index] ?? 0);
		}
		const local = (index: number): number => {
			const found = all[index];
			if (found === undefined) throw new RangeError('A handler uses a local that it does not have.');
			return found;
		};
		const exits: Exits = { slow, enter: slow + 1, fast: slow + 2, turn: slow + 3, next: slow + 4 };
		const places = { opline: OPLINE, code: CODE, local };
		new HandlerInliner(this.#module, handler, this.#stock.convention, places, exits, out).write();
	}

	/** Handlers that are called, and what happens when one does not simply go on. */
	#rest(): void {
		const out = this.#out;
		out.raw(Op.end);
		// Depths here: slow 0, enter 1, fast 2, turn 3, next 4.
		out.op(Op.localGet, FRAME);
		if (!this.#usesCode) out.op(Op.localGet, OPLINE);
		this.#handlerSlot();
		out.op(Op.callIndirect, this.#stock.handlerType);
		out.raw(0);
		if (this.#usesCode) {
			out.op(Op.localTee, CODE);
			out.raw(Op.i32Eqz);
			out.op(Op.brIf, 4);
		} else {
			out.op(Op.localTee, OPLINE);
			out.i32(1);
			out.raw(Op.i32And, Op.i32Eqz);
			out.op(Op.brIf, 3);
		}
		out.raw(Op.end);
		// slow: it is not zero, or has its lowest bit set. Depths: enter 0, fast 1, turn 2, next 3.
		if (this.#usesCode) {
			out.op(Op.localGet, CODE);
			out.i32(0);
			out.raw(Op.i32LeS);
		} else {
			out.op(Op.localGet, OPLINE);
			out.i32(CLEARED);
			out.raw(Op.i32And);
			out.op(Op.localTee, OPLINE);
			out.raw(Op.i32Eqz);
		}
		out.raw(Op.if, NO_RESULT, Op.return, Op.end);
		out.raw(Op.end);
		// enter. Depths: fast 0, turn 1, next 2.
		out.i32(this.#stock.currentFrame);
		out.memory(Op.i32Load, 2);
		out.op(Op.localSet, FRAME);
		this.#poll();
		out.op(Op.br, this.#usesCode ? 2 : 1);
		out.raw(Op.end, Op.unreachable, Op.end, Op.unreachable, Op.end, Op.unreachable, Op.end);
	}
}

function zeroOf(type: number | undefined): number[] {
	switch (type) {
		case I32:
			return [Op.i32Const, 0];
		case I64:
			return [Op.i64Const, 0];
		case F32:
			return [Op.f32Const, 0, 0, 0, 0];
		case F64:
			return [Op.f64Const, 0, 0, 0, 0, 0, 0, 0, 0];
		default:
			throw new RangeError('A handler has a local of an unknown type.');
	}
}
