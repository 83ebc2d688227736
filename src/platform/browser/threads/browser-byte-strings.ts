import type { ByteStrings } from '../../../bytes/byte-strings.ts';

/** Arguments of one call; engines limit them. */
const PIECE = 8192;

/**
 * Byte strings without a codec: TextDecoder refuses shared memory, and its "latin1" is windows-1252 in truth.
 */
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
