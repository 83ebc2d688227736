import { redirectClearing } from './redirect-clearing.ts';
import { redirectShutdown } from './redirect-shutdown.ts';
import {
	CODE_SECTION,
	FUNCTION,
	findSection,
	numberBytes,
	readExports,
	readImports,
	readName,
	readNumber,
	type Section,
	signedBytes,
} from './wasm-format.ts';

/** What `__syscall_sendto` gets as its sixth argument when it stands for select(); no address is that long. */
export const SELECT_MARK = 0x53454c;

const NOP = 0x01;
const LOCAL_GET = 0x20;
const I32_CONST = 0x41;
const CALL = 0x10;
const END = 0x0b;
const SELECT_PARAMETERS = 5;

/**
 * Changes php.wasm so that select() and shutdown() reach the host, as poll() does, and so does what mmap() clears. In place:
 * nothing in it moves. Takes
 * 20 ms, once per process.
 * @throws RangeError when the binary is not as expected; it is unusable then
 */
export function redirectCalls(binary: Uint8Array): void {
	const functions = readImports(binary).filter(({ kind }) => kind === FUNCTION);
	const indexOf = (wanted: string): number => {
		const index = functions.findIndex(({ name }) => name === wanted);
		if (index === -1) throw new RangeError(`php.wasm does not import ${wanted}.`);
		return index;
	};
	const code = findSection(binary, CODE_SECTION);
	const select = exportedFunction(binary, '__wrap_select') - functions.length;
	replaceBody(bodyOf(binary, code, select), selectBody(indexOf('__syscall_sendto')));
	redirectShutdown(binary.subarray(code.body, code.end), indexOf('wasm_shutdown'));
	const mmap = exportedFunction(binary, 'mmap') - functions.length;
	redirectClearing(bodyOf(binary, code, mmap), indexOf('__syscall_fcntl64'));
}

/** The body of a function; `index` does not count imports. */
function bodyOf(binary: Uint8Array, code: Section, index: number): Uint8Array {
	let at = readNumber(binary, code.body).next;
	for (let i = 0; at < code.end; i++) {
		const size = readNumber(binary, at);
		at = size.next + size.value;
		if (i === index) return binary.subarray(size.next, at);
	}
	throw new RangeError(`php.wasm has no function ${index}.`);
}

/** The new body is padded with no-ops to the length of the old one. */
function replaceBody(old: Uint8Array, body: readonly number[]): void {
	if (old.length <= body.length) throw new RangeError('php.wasm has a select() that is shorter than expected.');
	old.fill(NOP);
	old.set(body);
	old[old.length - 1] = END;
}

/**
 * select() as a call of an import, without its end. Upstream's polls one descriptor after the other, waits the whole time
 * for each, and tells the caller that all of them are ready. It has no import of its own, and a new one would renumber
 * all functions: so it uses one of the same signature, with a mark.
 */
function selectBody(sendto: number): number[] {
	const noLocals = 0;
	const parameters = Array.from({ length: SELECT_PARAMETERS }, (_, i) => [LOCAL_GET, i]).flat();
	return [noLocals, ...parameters, I32_CONST, ...signedBytes(SELECT_MARK), CALL, ...numberBytes(sendto)];
}

function exportedFunction(binary: Uint8Array, wanted: string): number {
	for (const { start, kind, index } of readExports(binary)) {
		const isNamed = readNumber(binary, start).value === wanted.length && readName(binary, start).text === wanted;
		if (isNamed && kind === FUNCTION) return index;
	}
	throw new RangeError(`php.wasm does not export ${wanted}.`);
}
