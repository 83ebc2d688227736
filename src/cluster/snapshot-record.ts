/**
 * A snapshot as it lies in the engine: version of the format, flags, then the term of the lease under which it was
 * written (the revision with which the lease was taken), the holder's label with its length, the encoded variables.
 */
const FORMAT = 1;
const EMPTY = 1;
/** Format, flags, length of the label (u16), term (f64). */
const FIXED = 12;
const LONGEST_LABEL = 200;

/** The most that a record adds to the variables, bytes. */
export const RECORD_OVERHEAD = FIXED + LONGEST_LABEL;

export type SnapshotRecord = {
	/** Larger for each later holder. */
	term: number;
	/** The holder's label. */
	holder: string;
	/** Undefined = nothing has been published yet. */
	variables: Uint8Array | undefined;
};

export function encodeRecord({ term, holder, variables }: SnapshotRecord): Uint8Array {
	const label = new TextEncoder().encode(holder).subarray(0, LONGEST_LABEL);
	const bytes = new Uint8Array(FIXED + label.length + (variables?.length ?? 0));
	const view = new DataView(bytes.buffer);
	view.setUint8(0, FORMAT);
	view.setUint8(1, variables === undefined ? EMPTY : 0);
	view.setUint16(2, label.length, true);
	view.setFloat64(4, term, true);
	bytes.set(label, FIXED);
	if (variables !== undefined) bytes.set(variables, FIXED + label.length);
	return bytes;
}

/** Undefined = it is none of this format: another version of Igor, or another program, has written it. */
export function decodeRecord(bytes: Uint8Array): SnapshotRecord | undefined {
	if (bytes.length < FIXED) return undefined;
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	const length = view.getUint16(2, true);
	const term = view.getFloat64(4, true);
	if (view.getUint8(0) !== FORMAT || FIXED + length > bytes.length || !Number.isSafeInteger(term)) return undefined;
	const variables = bytes.subarray(FIXED + length);
	return {
		term,
		holder: new TextDecoder().decode(bytes.subarray(FIXED, FIXED + length)),
		variables: view.getUint8(1) & EMPTY ? undefined : variables,
	};
}
