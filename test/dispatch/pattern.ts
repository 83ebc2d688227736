const PERIOD = 251;
const LONGEST = 1 << 20;
const BYTES = Uint8Array.from({ length: LONGEST + PERIOD }, (_, at) => at % PERIOD);

/** Bytes `from` … `from + length` of a body that no other `number` has: a gap, a repetition or a mix-up shows. */
export function pattern(number: number, from: number, length: number): Uint8Array<ArrayBuffer> {
	const start = (number * 17 + from) % PERIOD;
	return BYTES.subarray(start, start + length);
}

/** Whether `bytes` are those of the body with this number from `from` on. */
export function matches(bytes: Uint8Array, number: number, from: number): boolean {
	const wanted = pattern(number, from, bytes.length);
	for (let at = 0; at < bytes.length; at++) if (bytes[at] !== wanted[at]) return false;
	return true;
}
