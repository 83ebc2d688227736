import type { Instruction } from './instructions.ts';
import { readInstructions } from './instructions.ts';
import { readLocals } from './locals.ts';
import { Op } from './opcodes.ts';
import type { FunctionBody, PhpModule } from './php-module.ts';

/**
 * How handlers of opcodes answer. `code`: they get the frame, store the next opline in it and return 0 = go on,
 * above 0 = another frame is the current one, below 0 = execute_ex() returns (8.2 to 8.4). `opline`: they get the frame and
 * the opline, and return the next one, its lowest bit set when another frame is the current one; 1 = execute_ex() returns
 * (8.5).
 */
export type Convention = 'code' | 'opline';

/** What upstream's execute_ex() tells about the binary. */
export type StockInterpreter = {
	function: FunctionBody;
	convention: Convention;
	/** The type of all handlers. */
	handlerType: number;
	/** Address of `EG(vm_interrupt)`, a byte. */
	interruptFlag: number;
	/** Address of `EG(current_execute_data)`. */
	currentFrame: number;
	/** The function that serves an interrupt. */
	interruptHelper: number;
};

/** execute_ex() of 8.2 to 8.4, as `written()` writes it. */
const CODE_FORM = form(`
	41:(?<flag>\\d+) 2d:0 41:1 46 04:127 41:0 05 41:1 0b 21:1
	03:64 02:64 02:64 02:64
	20:1 45 04:64 20:0 10:(?<helper>\\d+) 1a 0c:1 0b
	20:0 20:0 28:0 28:0 11:(?<type>\\d+) 22:1 45 0d:0
	20:1 41:0 4c 0d:1
	41:(?<frame>\\d+) 28:0 21:0 41:\\k<flag> 2d:0 0d:2
	0b 41:1 21:1 0c:2 0b 0f 0b
	41:0 21:1 0c:0 0b 00 0b
`);

/** execute_ex() of 8.5. */
const OPLINE_FORM = form(`
	20:0 28:0 21:1
	41:(?<flag>\\d+) 2d:0 41:1 46 04:64 20:0 20:1 10:(?<helper>\\d+) 41:-2 71 21:1 0b
	03:64
	20:0 20:1 20:1 28:0 11:(?<type>\\d+) 22:1 41:1 71 45 0d:0
	20:1 41:-2 71 22:1 04:64
	41:(?<frame>\\d+) 28:0 21:0
	41:\\k<flag> 2d:0 41:1 47 0d:1
	20:0 20:1 10:\\k<helper> 41:-2 71 21:1 0c:1
	0b 0b 0b
`);

/**
 * Recognizes upstream's execute_ex(): instruction by instruction, since what takes its place assumes all of it.
 * @throws RangeError when it is not exactly what the supported versions have
 */
export function recognizeInterpreter(module: PhpModule, index: number): StockInterpreter {
	const body = module.bodyOf(index);
	const { code, types } = readLocals(module.binary, body);
	const text = types.length === 1 ? written(readInstructions(module.binary, code, body.end)) : '';
	const forms = { code: CODE_FORM, opline: OPLINE_FORM } as const;
	for (const convention of ['code', 'opline'] as const) {
		const found = forms[convention].exec(text)?.groups;
		if (found === undefined) continue;
		const handlerType = Number(found.type);
		const parameters = convention === 'code' ? 1 : 2;
		const signature = module.signatures[handlerType];
		if (signature?.parameters !== parameters || signature.results !== 1) continue;
		return {
			function: body,
			convention,
			handlerType,
			interruptFlag: Number(found.flag),
			currentFrame: Number(found.frame),
			interruptHelper: Number(found.helper),
		};
	}
	throw new RangeError('php.wasm has an execute_ex() that is not as expected.');
}

/** Opcodes and operands as text: hexadecimal, a colon, decimal. */
function written(instructions: readonly Instruction[]): string {
	return instructions
		.map(({ op, operand }) => {
			const name = op.toString(16).padStart(2, '0');
			const isBare = (op >= Op.i32Eqz && op <= Op.lastNumeric) || BARE.has(op);
			return isBare ? name : `${name}:${operand}`;
		})
		.join(' ');
}

function form(text: string): RegExp {
	return new RegExp(`^${text.trim().replace(/\s+/g, ' ')}$`);
}

const BARE: ReadonlySet<number> = new Set([Op.unreachable, Op.else, Op.end, Op.return, Op.drop]);
