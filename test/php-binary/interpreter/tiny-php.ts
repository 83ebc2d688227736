import { joinBytes } from '../../../src/bytes/join-bytes.ts';
import { I32, NO_RESULT, Op } from '../../../src/php-binary/interpreter/opcodes.ts';
import type { Convention } from '../../../src/php-binary/interpreter/stock-interpreter.ts';
import { numberBytes, signedBytes } from '../../../src/php-binary/wasm-format.ts';

/** Code in bytes, and lists of it. */
export type Code = number | readonly Code[];

const flat = (code: Code): number[] => (typeof code === 'number' ? [code] : code.flatMap(flat));

export const get = (local: number): Code => [Op.localGet, numberBytes(local)];
export const set = (local: number): Code => [Op.localSet, numberBytes(local)];
export const tee = (local: number): Code => [Op.localTee, numberBytes(local)];
export const i32 = (value: number): Code => [Op.i32Const, signedBytes(value)];
export const load = (offset = 0): Code => [Op.i32Load, 2, numberBytes(offset)];
export const store = (offset = 0): Code => [Op.i32Store, 2, numberBytes(offset)];
export const call = (index: number): Code => [Op.call, numberBytes(index)];
export const add = Op.i32Add;
export const end = Op.end;

/** Where things lie in the memory of a tiny PHP. */
export const Address = { interrupt: 64, current: 68, counter: 72, frames: 1024, oplines: 4096 } as const;
/** As `sizeof(zend_op)`: the handler's slot, then operands. */
export const OPLINE = 28;
export const FRAME = 64;

/** The import: it gets the frame, or something to note, and returns what the test wants. */
export const HOST = 0;
export const EXECUTE = 1;
export const INTERRUPT_HELPER = 2;
const FIRST_HANDLER = 3;
/** Slot of the first handler; slot 0 is for null pointers. */
export const FIRST_SLOT = 5;
/** As many as make a list of handlers believable; all but the first ones do nothing. */
const SLOTS = 320;

const vector = (items: readonly Code[]): Code => [numberBytes(items.length), items];
const section = (id: number, content: Code): Code => {
	const bytes = flat(content);
	return [id, numberBytes(bytes.length), bytes];
};
const text = (value: string): Code => vector([...new TextEncoder().encode(value)]);

/** A handler: what it declares behind its parameters, and its code without the last `end`. */
export type TinyHandler = { locals?: Code; code: Code };

/**
 * A module that has of PHP what the interpreter is about: execute_ex() exactly as upstream's compiler makes it, an interrupt
 * helper that tells the host, and handlers.
 * @param execute another execute_ex(): its locals and its code
 */
export function tinyPhp(
	convention: Convention,
	handlers: readonly TinyHandler[],
	execute?: Code,
): Uint8Array<ArrayBuffer> {
	const usesCode = convention === 'code';
	const parameters = usesCode ? [I32] : [I32, I32];
	const nothing: TinyHandler = { code: usesCode ? [nextOpline(), i32(0)] : [get(1), i32(OPLINE), add] };
	const all = [...handlers, nothing];
	const body = ({ locals = [0], code }: TinyHandler): Code => {
		const bytes = flat([locals, code, end]);
		return [numberBytes(bytes.length), bytes];
	};
	const executeBody = flat(execute ?? (usesCode ? executeOfCodes() : executeOfOplines()));
	const helper: TinyHandler = {
		code: [i32(Address.interrupt), i32(0), [0x3a, 0, 0], get(0), call(HOST), usesCode ? [] : [Op.drop, get(1)]],
	};
	const functions = Array.from({ length: SLOTS }, (_, i) => FIRST_HANDLER + Math.min(i, all.length - 1));
	const list = Array.from({ length: SLOTS }, (_, i) => {
		const slot = FIRST_SLOT + i;
		return [slot & 0xff, slot >> 8, 0, 0];
	});
	return joinBytes([
		flat([
			[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
			section(
				1,
				vector([
					[0x60, vector(parameters), vector([I32])],
					[0x60, vector([I32]), vector([])],
					[0x60, vector([I32]), vector([I32])],
				]),
			),
			section(2, vector([[text('env'), text('host'), 0, 2]])),
			section(3, vector([1, 0, ...all.map(() => 0)])),
			section(4, vector([[0x70, 0, numberBytes(FIRST_SLOT + SLOTS)]])),
			section(5, vector([[0, 1]])),
			section(
				7,
				vector([
					[text('execute_ex'), 0, EXECUTE],
					[text('memory'), 2, 0],
				]),
			),
			section(9, vector([[0, i32(FIRST_SLOT), end, vector(functions.map(numberBytes))]])),
			section(10, vector([[numberBytes(executeBody.length), executeBody], body(helper), ...all.map(body)])),
			section(11, vector([[0, i32(32768), end, vector(list.flat())]])),
		]),
	]);
}

/** `execute_data->opline++`, as 8.4's handlers store it. */
export const nextOpline = (frame: Code = get(0)): Code => [frame, frame, load(), i32(OPLINE), add, store()];

const interrupted = (): Code => [i32(Address.interrupt), [Op.i32Load8u, 0, 0]];

function executeOfCodes(): Code {
	return [
		[1, 1, I32],
		[interrupted(), i32(1), Op.i32Eq, Op.if, I32, i32(0), Op.else, i32(1), end, set(1)],
		[Op.loop, NO_RESULT, Op.block, NO_RESULT, Op.block, NO_RESULT, Op.block, NO_RESULT],
		[get(1), Op.i32Eqz, Op.if, NO_RESULT, get(0), call(INTERRUPT_HELPER), Op.drop, Op.br, 1, end],
		[get(0), get(0), load(), load(), Op.callIndirect, 0, 0, tee(1), Op.i32Eqz, Op.brIf, 0],
		[get(1), i32(0), Op.i32LeS, Op.brIf, 1],
		[i32(Address.current), load(), set(0), interrupted(), Op.brIf, 2],
		[end, i32(1), set(1), Op.br, 2, end, Op.return, end],
		[i32(0), set(1), Op.br, 0, end, Op.unreachable, end],
	];
}

function executeOfOplines(): Code {
	const serve: Code = [get(0), get(1), call(INTERRUPT_HELPER), i32(-2), Op.i32And, set(1)];
	return [
		[1, 1, I32],
		[get(0), load(), set(1)],
		[interrupted(), i32(1), Op.i32Eq, Op.if, NO_RESULT, serve, end],
		[Op.loop, NO_RESULT, get(0), get(1), get(1), load(), Op.callIndirect, 0, 0],
		[tee(1), i32(1), Op.i32And, Op.i32Eqz, Op.brIf, 0],
		[get(1), i32(-2), Op.i32And, tee(1), Op.if, NO_RESULT, i32(Address.current), load(), set(0)],
		[interrupted(), i32(1), 0x47, Op.brIf, 1, serve, Op.br, 1, end, end, end],
	];
}
