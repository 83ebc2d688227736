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
	nextOpline,
	OPLINE,
	set,
	store,
	type TinyHandler,
	tee,
} from './tiny-php.ts';

/** The opline's first operand, where the handler gets the frame only. */
const operandOfFrame = (frame: Code = get(0)): Code => [frame, load(), load(4)];

describe('handlers that return a code', () => {
	const base: TinyHandler[] = [
		{ code: [count(operandOfFrame()), nextOpline(), i32(0)] },
		{ code: [i32(-1)] },
		// Enters the frame behind its own, at the opline of its operand.
		{
			locals: [1, 1, I32],
			code: [
				[get(0), i32(FRAME), add, tee(1), operandOfFrame(), store()],
				[i32(Address.current), get(1), store(), nextOpline(), i32(1)],
			],
		},
		// Back or forth, with a poll, as ZEND_JMP.
		{
			code: [
				[get(0), operandOfFrame(), store()],
				[i32(Address.interrupt), [Op.i32Load8u, 0, 0], i32(1), Op.i32Eq, Op.if, I32],
				[get(0), call(INTERRUPT_HELPER), Op.else, i32(0), end],
			],
		},
		// Whoever is called may move the opline, as an exception does.
		{ code: [nextOpline(), get(0), call(HOST)] },
	];

	test('go on, enter a frame and return', () => {
		const result = both('code', base, ENTER_AND_RETURN);
		expect(counterOf(result)).toBe(101);
	});

	test('are interrupted where they were before: at jumps and entries', () => {
		const program = [
			{ handler: CALL_HOST },
			{ handler: COUNT, operands: [1] },
			{ handler: JUMP, operands: [address(4)] },
			{ handler: RETURN },
			{ handler: CALL_HOST },
			{ handler: ENTER, operands: [address(6)] },
			{ handler: COUNT, operands: [5] },
			{ handler: RETURN },
		];
		const result = both('code', base, program, (memory, _) => {
			memory.setUint8(Address.interrupt, 1);
			return 0;
		});
		// The helper tells the host, and the flag is raised anew each time.
		expect(result.calls.map(([, opline]) => ((opline ?? 0) - Address.oplines) / OPLINE)).toEqual([1, 4, 5, 6]);
	});

	test('what a called function makes of the opline counts, not what was stored before', () => {
		const program = [
			{ handler: CALL_HOST },
			{ handler: COUNT, operands: [1] },
			{ handler: COUNT, operands: [10] },
			{ handler: RETURN },
		];
		const result = both('code', base, program, (memory, frame) => {
			memory.setUint32(frame, address(2), true);
			return 0;
		});
		expect(counterOf(result)).toBe(10);
	});

	test('a code that is not constant is looked at: from the host', () => {
		for (const code of [0, 1, 2, -1, -5]) {
			const program = [
				{ handler: CALL_HOST },
				{ handler: COUNT, operands: [1] },
				{ handler: RETURN },
				{ handler: COUNT, operands: [50] },
				{ handler: RETURN },
			];
			const result = both('code', base, program, (memory) => {
				memory.setUint32(Address.current, Address.frames + FRAME, true);
				memory.setUint32(Address.frames + FRAME, address(3), true);
				return code;
			});
			expect(counterOf(result)).toBe(code === 0 ? 1 : code > 0 ? 50 : 0);
		}
	});

	/** Handlers that a compiler could write, each with a program that shows when it is translated wrongly. */
	const shapes: Record<string, { handler: TinyHandler; operands?: readonly number[] }> = {
		'a store through another pointer to the frame': {
			handler: {
				locals: [1, 1, I32],
				code: [
					[nextOpline(), get(0), i32(0), add, set(1)],
					[get(1), get(1), load(), i32(OPLINE), add, store(), count(operandOfFrame()), i32(0)],
				],
			},
		},
		'a narrow store into the opline': {
			handler: {
				code: [nextOpline(), [get(0), get(0), load(), i32(OPLINE), add, 0x3b, 1, 0], [count(operandOfFrame()), i32(0)]],
			},
		},
		'a frame in a local that is used for something else': {
			handler: {
				locals: [1, 1, I32],
				code: [
					[get(0), set(1), nextOpline(), i32(Address.counter), set(0)],
					[get(0), get(0), load(), operandOfFrame(get(1)), add, store(), i32(0)],
				],
			},
		},
		'locals that are zero at first, each time': {
			handler: {
				locals: [2, 2, I32, 1, 0x7e],
				code: [
					[Op.loop, NO_RESULT, get(1), i32(1), add, tee(1), i32(5), 0x49, Op.brIf, 0, end],
					[get(1), get(2), add, get(3), 0xa7, add, set(2), count(get(2))],
					[i32(99), set(2), [Op.i64Const, 9], set(3), nextOpline(), i32(0)],
				],
			},
		},
		'an opline that only one way has stored': {
			handler: {
				code: [
					[operandOfFrame(), Op.if, NO_RESULT, nextOpline(), Op.else],
					[get(0), call(HOST), Op.drop, end, count(i32(1)), i32(0)],
				],
			},
			operands: [0],
		},
		'a return from the midst of blocks': {
			handler: {
				code: [
					[Op.block, I32, Op.block, NO_RESULT, operandOfFrame(), Op.brIf, 0, nextOpline(), i32(0), Op.return, end],
					[nextOpline(), i32(7), i32(0), Op.br, 0, end],
				],
			},
		},
		'branches by a table': {
			handler: {
				code: [
					[Op.block, NO_RESULT, Op.block, NO_RESULT, Op.block, NO_RESULT, operandOfFrame()],
					[[Op.brTable, 2, 0, 1, 2], end, count(i32(1)), end, count(i32(20)), end, nextOpline(), i32(0)],
				],
			},
		},
		'a branch out of the function': {
			handler: { code: [nextOpline(), i32(0), operandOfFrame(), Op.brIf, 0, Op.drop, count(i32(3)), i32(0)] },
		},
		'a loop in which the host moves the opline': {
			handler: {
				locals: [1, 1, I32],
				code: [
					[nextOpline(), Op.loop, NO_RESULT, get(0), load(), get(0), call(HOST), Op.drop, set(1)],
					[count(get(1)), get(0), load(), get(1), 0x47, Op.brIf, 0, end, i32(0)],
				],
			},
		},
		'a trap': {
			handler: {
				code: [operandOfFrame(), i32(1), Op.i32Eq, Op.if, NO_RESULT, Op.unreachable, end, nextOpline(), i32(0)],
			},
		},
	};

	test.each(Object.entries(shapes))('%s', (_, { handler, operands = [1] }) => {
		const SHAPE = base.length;
		const program = [
			{ handler: SHAPE, operands },
			{ handler: COUNT, operands: [1000] },
			{ handler: SHAPE, operands: [2] },
			{ handler: SHAPE, operands: [3] },
			{ handler: RETURN },
			{ handler: RETURN },
		];
		// Moves the opline three times, then leaves it once.
		const TIMES = 80;
		both('code', [...base, handler], program, (memory, frame) => {
			const times = memory.getUint32(TIMES, true);
			memory.setUint32(TIMES, times + 1, true);
			if (times % 4 < 3) memory.setUint32(frame, memory.getUint32(frame, true) + OPLINE, true);
			return 0;
		});
	});

	test('a script that runs for long goes on in a new call, in the same stack frame, without a poll that was not there', () => {
		const LOOP = base.length;
		// Counts down; the flag is raised all the time, but a jump alone polls.
		const counting: TinyHandler = {
			code: [
				[
					count(i32(1)),
					i32(Address.counter),
					load(),
					i32(300_000),
					0x48,
					Op.if,
					NO_RESULT,
					get(0),
					i32(address(0)),
					store(),
				],
				[Op.else, nextOpline(), end, i32(Address.interrupt), i32(1), 0x3a, 0, 0, i32(0)],
			],
		};
		const result = both('code', [...base, counting], [{ handler: LOOP }, { handler: RETURN }]);
		expect([counterOf(result), result.calls]).toEqual([300_000, []]);
	});
});
