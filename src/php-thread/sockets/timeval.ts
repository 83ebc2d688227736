/** Bytes of a `struct timeval` of musl: seconds of 64 bits, microseconds of 32, padded. */
export const TIMEVAL_BYTES = 16;

/** Milliseconds of the `struct timeval` at `pointer`. */
export function readTimeval(memory: DataView, pointer: number): number {
	return Number(memory.getBigInt64(pointer, true)) * 1000 + memory.getInt32(pointer + 8, true) / 1000;
}
