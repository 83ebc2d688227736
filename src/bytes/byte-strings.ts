/** Byte strings (one code unit = one byte) in and out of memory. A platform may have a faster way than a loop. */
export interface ByteStrings {
	/** Writes `text` at `offset`; returns the bytes written, which is its length. */
	write(target: Uint8Array, text: string, offset: number): number;
	read(source: Uint8Array, start: number, end: number): string;
}

/** Arguments of one call; engines limit them. */
const PIECE = 8192;

/** Without a codec: TextDecoder refuses shared memory, and what it calls "latin1" is windows-1252. Any thread. */
export const byteStrings: ByteStrings = {
	write(target, text, offset) {
		for (let i = 0; i < text.length; i++) target[offset + i] = text.charCodeAt(i);
		return text.length;
	},
	read(source, start, end) {
		let text = '';
		for (let at = start; at < end; at += PIECE) {
			text += String.fromCharCode(...source.subarray(at, Math.min(end, at + PIECE)));
		}
		return text;
	},
};
