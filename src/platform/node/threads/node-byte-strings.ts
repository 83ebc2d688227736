import { Buffer } from 'node:buffer';
import type { ByteStrings } from '../../../bytes/byte-strings.ts';

const buffers = new WeakMap<Uint8Array, Buffer>();

/** A Buffer over the same memory; there are few distinct views, each used for the life of the server. */
function bufferOf(view: Uint8Array): Buffer {
	let buffer = buffers.get(view);
	if (buffer === undefined) {
		buffer = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
		buffers.set(view, buffer);
	}
	return buffer;
}

/** Byte strings by Node's latin1 codec, which works on shared memory. */
export const byteStrings: ByteStrings = {
	write: (target, text, offset) => bufferOf(target).latin1Write(text, offset),
	read: (source, start, end) => bufferOf(source).latin1Slice(start, end),
};
