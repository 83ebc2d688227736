/** The smallest snapshot that carries a stamp, bytes. */
export const STAMP_BYTES = 8;

/** Fills `words` so that every word tells which number it was stamped with, and where it stood. */
export function stamp(words: Int32Array, number: number): void {
	words[0] = number;
	for (let i = 1; i < words.length; i++) words[i] = mixed(number, words.length, i);
}

/** The number of the stamp; -1 when the words come from more than one. */
export function stampOf(words: Int32Array): number {
	const number = words[0] as number;
	for (let i = 1; i < words.length; i++) if (words[i] !== mixed(number, words.length, i)) return -1;
	return number;
}

function mixed(number: number, length: number, i: number): number {
	return (Math.imul(number, 0x9e3779b1) ^ Math.imul(length, 31) ^ i) | 0;
}
