import { joinBytes } from '../bytes/join-bytes.ts';
import { applyEdits, type Edit } from './edits.ts';
import {
	CODE_SECTION,
	CUSTOM_SECTION,
	FUNCTION,
	FUNCTION_SECTION,
	findSection,
	numberBytes,
	readImports,
	readNumber,
} from './wasm-format.ts';

/** V8 13 reads it if its flag says so (`--experimental-wasm-compilation-hints`); for everybody else it is a comment. */
const SECTION = new TextEncoder().encode('compilationHints');
/** When a function is compiled; the bits above say by which compiler: 0, as usual. */
const AT_FIRST_CALL = 1;
const AT_ONCE = 2;

/**
 * The edit that has V8 compile some functions while it loads a binary, on all processors, and each of the others at its
 * first call, on the thread that makes it.
 *
 * @param early numbers of functions; imported ones count, too
 * @throws RangeError when the binary is not well-formed
 */
export function compilationHints(binary: Uint8Array, early: Iterable<number>): Edit {
	const imported = readImports(binary).filter(({ kind }) => kind === FUNCTION).length;
	const count = readNumber(binary, findSection(binary, FUNCTION_SECTION).body).value;
	const hints = new Uint8Array(count).fill(AT_FIRST_CALL);
	for (const index of early) if (index >= imported) hints[index - imported] = AT_ONCE;
	const content = joinBytes([numberBytes(SECTION.length), SECTION, numberBytes(count), hints]);
	return {
		at: findSection(binary, CODE_SECTION).start,
		removed: 0,
		inserted: joinBytes([[CUSTOM_SECTION, ...numberBytes(content.length)], content]),
	};
}

/** A copy of a side module of which nothing is compiled before it is called. */
export function compiledAtFirstCall(sideModule: Uint8Array): Uint8Array<ArrayBuffer> {
	return applyEdits(sideModule, [compilationHints(sideModule, [])]);
}
