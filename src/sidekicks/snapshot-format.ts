/** One variable of a snapshot. */
export interface SnapshotEntry {
	readonly key: string;
	/** Bytes of the value. */
	readonly size: number;
	/** A copy; it may be a secret. */
	readonly value: Uint8Array;
}

/** What a sidekick published last. */
export interface SidekickSnapshot {
	/** Different after each change. */
	readonly version: number;
	readonly entries: readonly SnapshotEntry[];
}

/** Decodes a snapshot; wasm/snapshot_format.h describes the format. Keys that are not UTF-8 are repaired. */
export function decodeSnapshot(bytes: Uint8Array): SnapshotEntry[] {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const decoder = new TextDecoder();
	let at = 4;
	const piece = (): Uint8Array => {
		const start = at + 4;
		at = start + view.getUint32(at, true);
		return bytes.subarray(start, at);
	};
	return Array.from({ length: view.getUint32(0, true) }, () => {
		const key = decoder.decode(piece());
		const value = piece();
		return { key, size: value.length, value };
	});
}
