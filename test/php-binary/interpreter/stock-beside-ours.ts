import { expect } from 'vitest';
import { applyEdits } from '../../../src/php-binary/edits.ts';
import { interpreterEdits } from '../../../src/php-binary/interpreter/rewrite-interpreter.ts';
import type { Convention } from '../../../src/php-binary/interpreter/stock-interpreter.ts';
import {
	Address,
	add,
	type Code,
	FIRST_SLOT,
	i32,
	load,
	OPLINE,
	store,
	type TinyHandler,
	tinyPhp,
} from './tiny-php.ts';

/** What the host does when it is called, and everything it has seen. */
export type Host = (memory: DataView, argument: number) => number | undefined;
export type Line = { handler: number; operands?: readonly number[] };
export type Run = { memory: Uint8Array; calls: readonly (readonly number[])[]; failure: string | undefined };

export const address = (line: number): number => Address.oplines + line * OPLINE;

/** Runs a program in the first frame; what the host is called with is kept, with the opline that the frame had. */
function run(binary: Uint8Array<ArrayBuffer>, program: readonly Line[], host: Host = () => 0): Run {
	const calls: number[][] = [];
	let view: DataView | undefined;
	const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), {
		env: {
			host: (argument: number) => {
				if (view === undefined) return 0;
				calls.push([argument, view.getUint32(argument < 65536 ? argument & ~3 : 0, true)]);
				return host(view, argument) ?? 0;
			},
		},
	});
	const memory = instance.exports.memory as WebAssembly.Memory;
	view = new DataView(memory.buffer);
	for (const [i, { handler, operands = [] }] of program.entries()) {
		view.setUint32(address(i), FIRST_SLOT + handler, true);
		for (const [k, operand] of operands.entries()) view.setInt32(address(i) + 4 * (k + 1), operand, true);
	}
	view.setUint32(Address.current, Address.frames, true);
	view.setUint32(Address.frames, address(0), true);
	let failure: string | undefined;
	try {
		(instance.exports.execute_ex as (frame: number) => void)(Address.frames);
	} catch (error) {
		failure = String(error);
	}
	return { memory: new Uint8Array(memory.buffer), calls, failure };
}

/** Runs a program on upstream's interpreter and on ours, with all handlers inside, with one, and with none. */
export function both(
	convention: Convention,
	handlers: readonly TinyHandler[],
	program: readonly Line[],
	host?: Host,
): Run {
	const stock = tinyPhp(convention, handlers);
	const expected = run(stock, program, host);
	const all = handlers.map((_, i) => i);
	for (const hot of [all, [...all, handlers.length], ...all.map((i) => [i])]) {
		const made = applyEdits(stock, interpreterEdits(stock, hot));
		expect(WebAssembly.validate(made)).toBe(true);
		const result = run(made, program, host);
		expect(result.calls).toEqual(expected.calls);
		expect(result.failure).toBe(expected.failure);
		expect(Buffer.compare(result.memory, expected.memory)).toBe(0);
	}
	return expected;
}

export const count = (by: Code): Code => [i32(Address.counter), i32(Address.counter), load(), by, add, store()];
export const counterOf = ({ memory }: Run): number => new DataView(memory.buffer).getInt32(Address.counter, true);

// The handlers that every test has first, in this order.
export const COUNT = 0;
export const RETURN = 1;
export const ENTER = 2;
export const JUMP = 3;
export const CALL_HOST = 4;

/** Counts 1, enters a frame that counts 100, and returns; what stands behind the entry is not reached. */
export const ENTER_AND_RETURN: readonly Line[] = [
	{ handler: COUNT, operands: [1] },
	{ handler: ENTER, operands: [address(4)] },
	{ handler: COUNT, operands: [10] },
	{ handler: RETURN },
	{ handler: COUNT, operands: [100] },
	{ handler: 7 },
	{ handler: RETURN },
];
