import { joinBytes } from '../bytes/join-bytes.ts';
import { readSections, type Section } from './wasm-format.ts';

/** What stands at `at` of a binary, `removed` bytes long, gives way to `inserted`. */
export type Edit = { at: number; removed: number; inserted: Uint8Array };

/** Equal bytes between two changes that are not worth an edit of their own. */
const NEAR = 16;

/** Edits of the same binary in the order of their places. */
export const inOrder = (edits: readonly Edit[]): Edit[] => edits.toSorted((a, b) => a.at - b.at);

/** A copy of a binary with edits made, which stand in the order of their places. */
export function applyEdits(binary: Uint8Array, edits: readonly Edit[]): Uint8Array<ArrayBuffer> {
	const parts: Uint8Array[] = [];
	let from = 0;
	for (const { at, removed, inserted } of edits) {
		parts.push(binary.subarray(from, at), inserted);
		from = at + removed;
	}
	return joinBytes([...parts, binary.subarray(from)]);
}

/**
 * What makes one binary of another that has the same sections and perhaps more behind them: edits that follow each other.
 * Build only.
 * @throws RangeError when a binary is not well-formed, or the sections are not the same ones
 */
export function findEdits(before: Uint8Array, after: Uint8Array): Edit[] {
	const edits: Edit[] = [];
	const old = [...readSections(before)];
	const made = [...readSections(after)];
	for (const [i, section] of old.entries()) {
		const other = made[i];
		if (other?.id !== section.id) throw new RangeError('The binaries do not have the same sections.');
		edits.push(...sectionEdits(before, section, after, other));
	}
	const added = made[old.length];
	if (added !== undefined) edits.push({ at: before.length, removed: 0, inserted: after.slice(added.start) });
	return edits;
}

function sectionEdits(before: Uint8Array, old: Section, after: Uint8Array, made: Section): Edit[] {
	const length = old.end - old.start;
	if (made.end - made.start !== length) {
		return [{ at: old.start, removed: length, inserted: after.slice(made.start, made.end) }];
	}
	const differs = (i: number): boolean => before[old.start + i] !== after[made.start + i];
	const edits: Edit[] = [];
	for (let first = 0; first < length; first++) {
		if (!differs(first)) continue;
		let end = first + 1;
		for (let i = end; i < length && i - end < NEAR; i++) if (differs(i)) end = i + 1;
		const inserted = after.slice(made.start + first, made.start + end);
		edits.push({ at: old.start + first, removed: end - first, inserted });
		first = end;
	}
	return edits;
}
