import { type Instruction, readInstructions } from './instructions.ts';
import { readLocals } from './locals.ts';
import { Op } from './opcodes.ts';
import type { FunctionBody, PhpModule } from './php-module.ts';

/** A handler of an opcode, read so that it can be translated. */
export type Handler = {
	function: FunctionBody;
	instructions: Instruction[];
	/** Where the block that begins at an instruction ends, and where the one with this `else` or `end` begins; by index. */
	ends: ReadonlyMap<number, number>;
	starts: ReadonlyMap<number, number>;
	/** The types of its locals behind the parameters. */
	locals: number[];
	/** Locals that it may read before it has written them: they have to be zero. */
	zeroed: ReadonlySet<number>;
	/** It writes its first parameter, the frame. */
	reassignsFrame: boolean;
	/** It polls for interrupts, as all jumps back do: so each PHP loop has one. */
	polls: boolean;
};

/**
 * @param parameters how many a handler has
 * @param interruptHelper the function by which a handler serves interrupts
 * @throws RangeError when it has an instruction that is not known
 */
export function readHandler(
	module: PhpModule,
	body: FunctionBody,
	parameters: number,
	interruptHelper: number,
): Handler {
	const { types, code } = readLocals(module.binary, body);
	const instructions = readInstructions(module.binary, code, body.end);
	const writes = ({ op }: Instruction) => op === Op.localSet || op === Op.localTee;
	return {
		function: body,
		instructions,
		...matchBlocks(instructions),
		locals: types,
		zeroed: readBeforeWritten(instructions, parameters),
		reassignsFrame: instructions.some((it) => writes(it) && it.operand === 0),
		polls: instructions.some(({ op, operand }) => op === Op.call && operand === interruptHelper),
	};
}

export const opensBlock = (op: number): boolean => op === Op.block || op === Op.loop || op === Op.if;

function matchBlocks(instructions: readonly Instruction[]): Pick<Handler, 'ends' | 'starts'> {
	const ends = new Map<number, number>();
	const starts = new Map<number, number>();
	const open: number[] = [];
	for (const [i, { op }] of instructions.entries()) {
		if (opensBlock(op)) open.push(i);
		const start = open.at(-1);
		if (start === undefined) continue;
		if (op === Op.else) starts.set(i, start);
		if (op !== Op.end) continue;
		open.pop();
		starts.set(i, start);
		ends.set(start, i);
	}
	return { ends, starts };
}

/** Whether a handler returns at once what is on the stack at an instruction. */
export function returnsAt({ instructions, ends, starts }: Handler, index: number): boolean {
	for (let i = index; ; ) {
		const op = instructions[i]?.op;
		const start = starts.get(i);
		if (op === Op.return || (op === Op.end && start === undefined)) return true;
		if (op === Op.end) i++;
		else if (op === Op.else) i = (ends.get(start ?? -1) ?? instructions.length) + 1;
		else return false;
	}
}

/** What is written inside a block counts as written inside of it only: it may be left before. */
function readBeforeWritten(instructions: readonly Instruction[], parameters: number): Set<number> {
	const found = new Set<number>();
	let written = new Set(Array.from({ length: parameters }, (_, i) => i));
	const outside: Set<number>[] = [];
	for (const { op, operand } of instructions) {
		if (opensBlock(op)) outside.push(new Set(written));
		else if (op === Op.else) written = new Set(outside.at(-1));
		else if (op === Op.end) written = outside.pop() ?? written;
		else if (op === Op.localGet && !written.has(operand)) found.add(operand);
		else if (op === Op.localSet || op === Op.localTee) written.add(operand);
	}
	return found;
}
