import {
	CODE_SECTION,
	FUNCTION,
	FUNCTION_SECTION,
	findSection,
	readImports,
	readNumber,
	TYPE_SECTION,
} from '../wasm-format.ts';

/** How many values a function takes and leaves. */
export type Signature = { parameters: number; results: number };

/** A function with a body: its size stands at `start`, its body from `body` up to `end`. */
export type FunctionBody = { index: number; type: number; start: number; body: number; end: number };

/** What the translation has to know of a binary. */
export type PhpModule = {
	binary: Uint8Array;
	signatures: Signature[];
	/** The type of a function, imported or not. */
	typeOf: (index: number) => number;
	/** @throws RangeError when it has no body */
	bodyOf: (index: number) => FunctionBody;
};

/** @throws RangeError when the binary is not well-formed */
export function readPhpModule(binary: Uint8Array): PhpModule {
	const imported = readImports(binary).filter(({ kind }) => kind === FUNCTION);
	const types = [...imported.map(({ type }) => type), ...readFunctionTypes(binary)];
	const starts = readStarts(binary);
	const typeOf = (index: number): number => {
		const type = types[index];
		if (type === undefined) throw new RangeError(`php.wasm has no function ${index}.`);
		return type;
	};
	return {
		binary,
		signatures: readSignatures(binary),
		typeOf,
		bodyOf: (index) => {
			const start = starts[index - imported.length];
			if (start === undefined) throw new RangeError(`php.wasm has no body of function ${index}.`);
			const size = readNumber(binary, start);
			return { index, type: typeOf(index), start, body: size.next, end: size.next + size.value };
		},
	};
}

function readSignatures(binary: Uint8Array): Signature[] {
	const signatures: Signature[] = [];
	const count = readNumber(binary, findSection(binary, TYPE_SECTION).body);
	for (let i = 0, at = count.next; i < count.value; i++) {
		const parameters = readNumber(binary, at + 1);
		const results = readNumber(binary, parameters.next + parameters.value);
		signatures.push({ parameters: parameters.value, results: results.value });
		at = results.next + results.value;
	}
	return signatures;
}

function readFunctionTypes(binary: Uint8Array): number[] {
	const types: number[] = [];
	const count = readNumber(binary, findSection(binary, FUNCTION_SECTION).body);
	for (let i = 0, at = count.next; i < count.value; i++) {
		const type = readNumber(binary, at);
		types.push(type.value);
		at = type.next;
	}
	return types;
}

function readStarts(binary: Uint8Array): number[] {
	const starts: number[] = [];
	const count = readNumber(binary, findSection(binary, CODE_SECTION).body);
	for (let i = 0, at = count.next; i < count.value; i++) {
		starts.push(at);
		const size = readNumber(binary, at);
		at = size.next + size.value;
	}
	return starts;
}
