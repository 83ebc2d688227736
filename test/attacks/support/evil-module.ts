import { numberBytes, signedBytes } from '../../../src/php-binary/wasm-format.ts';

const text = (value: string): number[] => [...new TextEncoder().encode(value)];
const counted = (bytes: readonly number[]): number[] => [...numberBytes(bytes.length), ...bytes];
const name = (value: string): number[] => counted(text(value));
const section = (id: number, bytes: readonly number[]): number[] => [id, ...counted(bytes)];

const I32 = 0x7f;
const END = 0x0b;

/**
 * A side module of Emscripten whose only purpose is to have JavaScript evaluated: the loader takes the data behind
 * an export `__em_js__…`, or between `__start_em_asm` and `__stop_em_asm`, for the text of functions.
 *
 * @param script runs as soon as the loader has made a function of it: a default value of a parameter
 */
export function evilModule(kind: 'em_js' | 'em_asm', script: string): Uint8Array {
	const source = kind === 'em_js' ? `(void)<::>{}; ${script}; () => {}` : `}; ${script}; () => {`;
	const data = [...text(source), 0];
	const dylink = [...name('dylink.0'), 1, ...counted([...numberBytes(data.length), 0, 0, 0])];
	const imports = [
		...[2, ...name('env'), ...name('memory'), 2, 0, 0],
		...[...name('env'), ...name('__memory_base'), 3, I32, 0],
	];
	const globals = kind === 'em_js' ? [0] : [0, data.length];
	const names = kind === 'em_js' ? ['__em_js__evil'] : ['__start_em_asm', '__stop_em_asm'];
	return Uint8Array.from([
		...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
		...section(0, dylink),
		...section(2, imports),
		...section(6, [globals.length, ...globals.flatMap((value) => [I32, 0, 0x41, ...signedBytes(value), END])]),
		...section(7, [names.length, ...names.flatMap((each, i) => [...name(each), 3, ...numberBytes(i + 1)])]),
		// Filled from __memory_base on.
		...section(11, [1, 0, 0x23, 0, END, ...counted(data)]),
	]);
}
