import { joinBytes } from '../../../src/bytes/join-bytes.ts';
import {
	CODE_SECTION,
	EXPORT_SECTION,
	FUNCTION,
	findSection,
	numberBytes,
	readExports,
	readImports,
	readName,
	readNumber,
	type Section,
	signedBytes,
} from '../../../src/php-binary/wasm-format.ts';

const FUNCTION_SECTION = 3;
const LOCAL_GET = 0x20;
const I32_CONST = 0x41;
const CALL = 0x10;
const DROP = 0x1a;
const END = 0x0b;

/** What `__syscall_sendto` gets as its sixth argument when it stands for a function of the allocator. */
export const ALLOCATOR_MARK = 0x414c4c;
/** The original of a function is exported under its name after this. The name is one of those that are kept. */
export const ORIGINAL = 'emscripten_original_';

/** The functions that all of php.wasm, and what is loaded into it, gets its memory from; and how many arguments they take. */
export const ALLOCATOR = {
	malloc: { parameters: 1, isVoid: false },
	free: { parameters: 1, isVoid: true },
	calloc: { parameters: 2, isVoid: false },
	realloc: { parameters: 2, isVoid: false },
	posix_memalign: { parameters: 3, isVoid: false },
	emscripten_builtin_memalign: { parameters: 2, isVoid: false },
} as const;
export type AllocatorFunction = keyof typeof ALLOCATOR;
export const ALLOCATOR_FUNCTIONS = Object.keys(ALLOCATOR) as AllocatorFunction[];

/**
 * A copy of php.wasm whose allocator is the host's: each of its functions calls `__syscall_sendto(number, a, b, c, 0,
 * ALLOCATOR_MARK)`. The originals move to the end, for the host.
 */
export function redirectAllocator(binary: Uint8Array): Uint8Array<ArrayBuffer> {
	const imported = readImports(binary).filter(({ kind }) => kind === FUNCTION);
	const sendto = imported.findIndex(({ name }) => name === '__syscall_sendto');
	const indexes = ALLOCATOR_FUNCTIONS.map((name) => exportedFunction(binary, name));
	const types = readTypes(binary, findSection(binary, FUNCTION_SECTION));
	const bodies = readBodies(binary, findSection(binary, CODE_SECTION));
	const first = imported.length + bodies.length;
	for (const [number, name] of ALLOCATOR_FUNCTIONS.entries()) {
		const at = (indexes[number] as number) - imported.length;
		bodies.push(bodies[at] as Uint8Array);
		types.push(types[at] as number);
		bodies[at] = callOfHost(number, name, sendto);
	}
	const exports = findSection(binary, EXPORT_SECTION);
	const count = readNumber(binary, exports.body);
	const added = ALLOCATOR_FUNCTIONS.map((name, i) => exportOf(`${ORIGINAL}${name}`, first + i));
	return replaceSections(binary, [
		[findSection(binary, FUNCTION_SECTION), joinBytes([numberBytes(types.length), ...types.map(numberBytes)])],
		[exports, joinBytes([numberBytes(count.value + added.length), binary.subarray(count.next, exports.end), ...added])],
		[
			findSection(binary, CODE_SECTION),
			joinBytes([numberBytes(bodies.length), ...bodies.flatMap((body) => [numberBytes(body.length), body])]),
		],
	]);
}

function callOfHost(number: number, name: AllocatorFunction, sendto: number): Uint8Array {
	const { parameters, isVoid } = ALLOCATOR[name];
	const noLocals = 0;
	const code = [noLocals, I32_CONST, number];
	for (let i = 0; i < 4; i++) code.push(...(i < parameters ? [LOCAL_GET, i] : [I32_CONST, 0]));
	code.push(I32_CONST, ...signedBytes(ALLOCATOR_MARK), CALL, ...numberBytes(sendto));
	return Uint8Array.from([...code, ...(isVoid ? [DROP] : []), END]);
}

function exportedFunction(binary: Uint8Array, wanted: string): number {
	for (const { start, kind, index } of readExports(binary)) {
		if (kind === FUNCTION && readName(binary, start).text === wanted) return index;
	}
	throw new RangeError(`php.wasm does not export ${wanted}.`);
}

function exportOf(name: string, index: number): Uint8Array {
	const encoded = new TextEncoder().encode(name);
	return joinBytes([numberBytes(encoded.length), encoded, [FUNCTION, ...numberBytes(index)]]);
}

function readTypes(binary: Uint8Array, { body }: Section): number[] {
	const count = readNumber(binary, body);
	const types: number[] = [];
	for (let at = count.next; types.length < count.value; ) {
		const type = readNumber(binary, at);
		types.push(type.value);
		at = type.next;
	}
	return types;
}

function readBodies(binary: Uint8Array, { body }: Section): Uint8Array[] {
	const count = readNumber(binary, body);
	const bodies: Uint8Array[] = [];
	for (let at = count.next; bodies.length < count.value; ) {
		const size = readNumber(binary, at);
		at = size.next + size.value;
		bodies.push(binary.subarray(size.next, at));
	}
	return bodies;
}

/** `sections` in the order of the binary. */
function replaceSections(binary: Uint8Array, sections: readonly [Section, Uint8Array][]): Uint8Array<ArrayBuffer> {
	const parts: Uint8Array[] = [];
	let from = 0;
	for (const [section, content] of sections) {
		parts.push(
			binary.subarray(from, section.start),
			Uint8Array.of(section.id, ...numberBytes(content.length)),
			content,
		);
		from = section.end;
	}
	return joinBytes([...parts, binary.subarray(from)]);
}
