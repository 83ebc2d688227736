import { describe, expect, test } from 'vitest';
import { I32, NO_RESULT, Op } from '../../../src/php-binary/interpreter/opcodes.ts';
import {
	address,
	both,
	CALL_HOST,
	COUNT,
	count,
	counterOf,
	ENTER,
	ENTER_AND_RETURN,
	JUMP,
	RETURN,
} from './stock-beside-ours.ts';
import {
	Address,
	add,
	type Code,
	call,
	end,
	FRAME,
	get,
	HOST,
	INTERRUPT_HELPER,
	i32,
	load,
	OPLINE,
	set,
	store,
	type TinyHandler,
	tee,
} from './tiny-php.ts';

describe('handlers that return the next opline', () => {
	const next: Code = [get(1), i32(OPLINE), add];
	const base: TinyHandler[] = [
		{ code: [count([get(1), load(4)]), next] },
		{ code: [i32(1)] },
		{
			code: [
				[get(0), i32(FRAME), add, get(1), load(4), store(), i32(Address.current), get(0), i32(FRAME), add, store()],
				[get(1), load(4), i32(1), 0x72],
			],
		},
		{
			code: [
				[get(1), load(4), set(1), i32(Address.interrupt), [Op.i32Load8u, 0, 0], i32(1), Op.i32Eq, Op.if, I32],
				[get(0), get(1), call(INTERRUPT_HELPER), Op.else, get(1), end],
			],
		},
		{ code: [get(0), next, store(), get(0), call(HOST), Op.drop, get(0), load()] },
	];

	test('go on, enter a frame and return', () => {
		const result = both('opline', base, ENTER_AND_RETURN);
		expect(counterOf(result)).toBe(101);
	});

	test('are interrupted where they were before, and moved by whom they call', () => {
		const program = [
			{ handler: CALL_HOST },
			{ handler: COUNT, operands: [1] },
			{ handler: JUMP, operands: [address(4)] },
			{ handler: RETURN },
			{ handler: CALL_HOST },
			{ handler: ENTER, operands: [address(7)] },
			{ handler: COUNT, operands: [1000] },
			{ handler: COUNT, operands: [5] },
			{ handler: RETURN },
		];
		const result = both('opline', base, program, (memory) => {
			memory.setUint8(Address.interrupt, 1);
			return 0;
		});
		expect([counterOf(result), result.calls.length]).toEqual([6, 4]);
	});

	test('an opline whose lowest bit was set on the way is looked at', () => {
		// As the compiler may write it: the bit first, the step after it.
		const shapes: TinyHandler[] = [
			{ code: [get(1), i32(1), 0x72, set(1), get(1), i32(OPLINE), add, i32(1), Op.i32Sub] },
			{ code: [get(1), i32(1), 0x72, i32(OPLINE), add, i32(-2), Op.i32And] },
			{ code: [get(1), i32(1), 0x72, tee(1), i32(OPLINE), add] },
		];
		for (const shape of shapes) {
			const program = [{ handler: base.length }, { handler: COUNT, operands: [1] }, { handler: RETURN }];
			expect(counterOf(both('opline', [...base, shape], program))).toBe(1);
		}
	});

	test('a script that runs for long goes on in a new call, without a poll that was not there', () => {
		const counting: TinyHandler = {
			code: [
				[i32(Address.interrupt), i32(1), 0x3a, 0, 0, count(i32(1)), i32(Address.counter), load(), i32(300_000), 0x48],
				[Op.if, NO_RESULT, get(1), i32(0), add, Op.return, end, next],
			],
		};
		const result = both('opline', [...base, counting], [{ handler: base.length }, { handler: RETURN }]);
		expect([counterOf(result), result.calls]).toEqual([300_000, []]);
	});
});
