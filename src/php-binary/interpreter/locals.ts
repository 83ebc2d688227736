import { readNumber } from '../wasm-format.ts';
import type { FunctionBody } from './php-module.ts';

/** Reads what a function declares: the type of each local behind its parameters, and where its code begins. */
export function readLocals(binary: Uint8Array, { body }: FunctionBody): { types: number[]; code: number } {
	const types: number[] = [];
	const groups = readNumber(binary, body);
	let { next } = groups;
	for (let i = 0; i < groups.value; i++) {
		const count = readNumber(binary, next);
		const type = binary[count.next] ?? 0;
		for (let k = 0; k < count.value; k++) types.push(type);
		next = count.next + 1;
	}
	return { types, code: next };
}
