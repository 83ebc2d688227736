/** Byte strings (one code unit = one byte) in and out of memory. The platform has faster ways than a loop. */
export interface ByteStrings {
	/** Writes `text` at `offset`; returns the bytes written, which is its length. */
	write(target: Uint8Array, text: string, offset: number): number;
	read(source: Uint8Array, start: number, end: number): string;
}
