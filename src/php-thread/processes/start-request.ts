import type { WasmMemory } from '../abi/wasm-memory.ts';
import { RefusedError } from './refusal.ts';

// As in wasm/host_imports.h.
export const PIPE_READ = 0;
export const PIPE_WRITE = 1;
export const PIPE_BOTH = 2;
export const DESCRIPTOR = 3;
export const NULL = 4;
export const SAME = 5;
const COMMAND_LINE = 1;

/** What igor_host_process_start() is asked for. */
export type StartRequest = {
	commandLine: boolean;
	/** As PHP sees it; '' = PHP's own. */
	folder: string;
	args: string[];
	env: Record<string, string>;
	descriptors: { number: number; what: number; value: number }[];
};

/**
 * Reads a request. It has to be text: Node passes programs no bytes.
 * @throws RefusedError when it is not UTF-8
 */
export function readStartRequest(memory: WasmMemory, pointer: number, length: number): StartRequest {
	const { view, bytes } = memory;
	const word = (index: number): number => view.getInt32(pointer + index * 4, true);
	const [flags, argumentCount, variableCount, descriptorCount] = [word(0), word(1), word(2), word(3)];
	const descriptors = Array.from({ length: descriptorCount }, (_, i) => {
		const at = 4 + i * 3;
		return { number: word(at), what: word(at + 1), value: word(at + 2) };
	});
	const start = pointer + (4 + descriptorCount * 3) * 4;
	const texts = decode(bytes.subarray(start, pointer + length)).split('\0');
	const variables = texts.slice(1 + argumentCount, 1 + argumentCount + variableCount);
	return {
		commandLine: (flags & COMMAND_LINE) !== 0,
		folder: texts[0] as string,
		args: texts.slice(1, 1 + argumentCount),
		env: Object.fromEntries(
			variables
				.filter((text) => text.indexOf('=') > 0)
				.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
		),
		descriptors,
	};
}

function decode(bytes: Uint8Array): string {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		throw new RefusedError('The program was not run: its arguments, folder or environment are not UTF-8.');
	}
}
