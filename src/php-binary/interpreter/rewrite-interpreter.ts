import { joinBytes } from '../../bytes/join-bytes.ts';
import type { Edit } from '../edits.ts';
import { readFunctionTable } from '../function-table.ts';
import { CODE_SECTION, FUNCTION, findSection, numberBytes, readExports, readName } from '../wasm-format.ts';
import { readHandler } from './handler.ts';
import { findHandlerSlots } from './handler-slots.ts';
import { readPhpModule } from './php-module.ts';
import { recognizeInterpreter } from './stock-interpreter.ts';
import { type HotHandler, writeInterpreter } from './write-interpreter.ts';

/**
 * Edits that give php.wasm a faster interpreter: hot handlers of opcodes run inside execute_ex(), where upstream's calls
 * each through the function table. Nothing else changes: no function, type or slot moves. Takes 100 ms.
 * @param binary upstream's; it is not changed
 * @param hot numbers of the handlers to put inside, counted from PHP's first
 * @throws RangeError when the binary is not exactly as expected
 */
export function interpreterEdits(binary: Uint8Array, hot: readonly number[]): Edit[] {
	const module = readPhpModule(binary);
	const stock = recognizeInterpreter(module, exportedFunction(binary, 'execute_ex'));
	const table = readFunctionTable(binary);
	const { first, count } = findHandlerSlots(binary, table);
	const parameters = stock.convention === 'code' ? 1 : 2;
	const functions = table.functions.slice(first - table.first, first - table.first + count);
	const hotFunctions = new Set(hot.map((number) => functions[number]));
	const handlers: HotHandler[] = [];
	for (const index of hotFunctions) {
		if (index === undefined) throw new RangeError('php.wasm has fewer handlers than expected.');
		// The linker has merged handlers that are the same.
		const slots = functions.flatMap((other, i) => (other === index ? [first + i] : []));
		const body = module.bodyOf(index);
		if (body.type !== stock.handlerType) throw new RangeError('php.wasm has a handler of another type.');
		handlers.push({ ...readHandler(module, body, parameters, stock.interruptHelper), slots });
	}
	const body = writeInterpreter(module, stock, handlers);
	const { start, end } = stock.function;
	const inserted = joinBytes([numberBytes(body.length), body]);
	const code = findSection(binary, CODE_SECTION);
	const size = code.end - code.body + inserted.length - (end - start);
	return [
		{ at: code.start + 1, removed: code.body - code.start - 1, inserted: Uint8Array.from(numberBytes(size)) },
		{ at: start, removed: end - start, inserted },
	];
}

/** @throws RangeError when there is no such function */
export function exportedFunction(binary: Uint8Array, wanted: string): number {
	for (const { start, kind, index } of readExports(binary)) {
		if (kind === FUNCTION && readName(binary, start).text === wanted) return index;
	}
	throw new RangeError(`php.wasm does not export ${wanted}.`);
}
