import type { Listing } from './file-streams.ts';

/** `struct dirent`: what lies before the name. */
const HEAD = 19;
const DT_DIR = 4;

/** A listing with the names that every folder has. */
export function withDots({ names, kinds }: Listing): Listing {
	return { names: ['.', '..', ...names], kinds: [DT_DIR, DT_DIR, ...kinds] };
}

/**
 * Writes `struct dirent` records as getdents64(2) does, starting with entry number `first`.
 *
 * @returns the bytes written, and the number of the next entry
 */
export function writeEntries(
	view: DataView,
	at: number,
	capacity: number,
	{ names, kinds }: Listing,
	first: number,
): { length: number; next: number } {
	const bytes = new Uint8Array(view.buffer);
	let length = 0;
	let next = first;
	for (; next < names.length; next++) {
		const name = names[next] as string;
		const size = (HEAD + name.length + 8) & ~7;
		if (length + size > capacity) break;
		const record = at + length;
		view.setBigInt64(record, BigInt(next + 1), true);
		view.setBigInt64(record + 8, BigInt(next + 1), true);
		view.setUint16(record + 16, size, true);
		view.setUint8(record + 18, kinds[next] as number);
		for (let i = 0; i < name.length; i++) bytes[record + HEAD + i] = name.charCodeAt(i);
		bytes[record + HEAD + name.length] = 0;
		length += size;
	}
	return { length, next };
}
