import { SnapshotReader, type SnapshotValue } from './snapshot-reader.ts';

/** One variable of a snapshot. */
export interface SnapshotEntry {
	readonly key: string;
	/** As PHP calls it; an enum is a case of one. */
	readonly type: 'null' | 'bool' | 'int' | 'float' | 'string' | 'enum' | 'array';
	/** Bytes of `value`. */
	readonly size: number;
	/** A copy: of a string its bytes, of all else what JSON makes of it, a case as `Class::Case`. It may be a secret. */
	readonly value: Uint8Array;
}

/** What a sidekick published last. */
export interface SidekickSnapshot {
	/** Different after each change. */
	readonly version: number;
	readonly entries: readonly SnapshotEntry[];
}

/**
 * Decodes a snapshot for people. Keys that are not UTF-8 are repaired, as are strings inside of arrays.
 * @throws RangeError when the bytes are no snapshot
 */
export function decodeSnapshot(bytes: Uint8Array): SnapshotEntry[] {
	return new SnapshotReader(bytes).variables().map(([key, value]) => {
		const text = value.type === 'string' ? value.bytes.slice() : new TextEncoder().encode(describe(value));
		return { key: String(key), type: value.type, size: text.length, value: text };
	});
}

/** One value in one line. */
function describe(value: SnapshotValue): string {
	switch (value.type) {
		case 'enum':
			return `${value.class}::${value.case}`;
		case 'array':
			return describeArray(value);
		case 'string':
			return JSON.stringify(new TextDecoder().decode(value.bytes));
		default:
			return String(value.value);
	}
}

function describeArray({ isList, isCut, elements }: Extract<SnapshotValue, { type: 'array' }>): string {
	const inner = (value: SnapshotValue): string =>
		value.type === 'enum' ? JSON.stringify(describe(value)) : describe(value);
	if (isCut) return isList ? '["…"]' : '{"…":"…"}';
	if (isList) return `[${elements.map(([, value]) => inner(value)).join(',')}]`;
	return `{${elements.map(([key, value]) => `${JSON.stringify(String(key))}:${inner(value)}`).join(',')}}`;
}
