/** Whether two byte sequences are equal: fast also for megabytes, where a matcher is not. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
