import { expect, test } from 'vitest';
import { CLEAR_MARK } from '../../src/php-binary/redirect-clearing.ts';
import { WasmMemory } from '../../src/php-thread/abi/wasm-memory.ts';
import { CLEARED_BLOCK, OPCACHE_SEGMENT, withClearing } from '../../src/php-thread/cleared-memory.ts';

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);
const refused = (): number => -1;
const started = (): boolean => false;

test.each([undefined, isZero])('all that mmap() gives is zero, and nothing beside it changes', (look) => {
	const memory = new WasmMemory(new WebAssembly.Memory({ initial: 8 }));
	const [start, length] = [CLEARED_BLOCK, 5 * CLEARED_BLOCK + 40];
	for (const at of [0, 1, CLEARED_BLOCK - 1, 2 * CLEARED_BLOCK + 7, length - 1]) memory.bytes[start + at] = 1;
	memory.bytes[start - 1] = 2;
	memory.bytes[start + length] = 3;
	const clear = withClearing(refused, () => memory, look, started);
	expect(clear(start, CLEAR_MARK, length)).toBe(start);
	expect(memory.bytes.subarray(start, start + length).every((byte) => byte === 0)).toBe(true);
	expect([memory.bytes[start - 1], memory.bytes[start + length]]).toEqual([2, 3]);
});

test('what is zero is not written', () => {
	const memory = new WasmMemory(new WebAssembly.Memory({ initial: 4 }));
	memory.bytes[CLEARED_BLOCK] = 1;
	const looked: boolean[] = [];
	const look = (bytes: Uint8Array): boolean => {
		looked.push(isZero(bytes));
		return true;
	};
	withClearing(refused, () => memory, look, started)(0, CLEAR_MARK, 3 * CLEARED_BLOCK);
	expect(looked).toEqual([true, false, true]);
	expect(memory.bytes[CLEARED_BLOCK]).toBe(1);
});

test('fcntl() is what it was', () => {
	const memory = new WasmMemory(new WebAssembly.Memory({ initial: 1 }));
	const calls: number[][] = [];
	const fcntl = (...args: number[]): number => calls.push(args);
	withClearing(fcntl, () => memory, isZero, started)(7, 4, 99);
	expect(calls).toEqual([[7, 4, 99]]);
});

test("opcache's segment is left as it is while PHP starts; what comes later is cleared", () => {
	const memory = new WasmMemory(new WebAssembly.Memory({ initial: (2 * OPCACHE_SEGMENT) / 65_536 }));
	memory.bytes.fill(1);
	let isStarting = true;
	const clear = withClearing(
		refused,
		() => memory,
		isZero,
		() => isStarting,
	);
	clear(0, CLEAR_MARK, OPCACHE_SEGMENT);
	expect(memory.bytes[5]).toBe(1);
	clear(OPCACHE_SEGMENT, CLEAR_MARK, CLEARED_BLOCK);
	expect(memory.bytes[OPCACHE_SEGMENT + 5]).toBe(0);
	isStarting = false;
	clear(0, CLEAR_MARK, OPCACHE_SEGMENT);
	expect(memory.bytes[5]).toBe(0);
});
