import { joinBytes } from '../bytes/join-bytes.ts';
import {
	CUSTOM_SECTION,
	ELEMENT_SECTION,
	FUNCTION,
	findSection,
	numberBytes,
	readExports,
	readNumber,
} from './wasm-format.ts';

/** Name of the section that lists them. */
const SECTION = 'igor.exported-slots';
/** A segment that fills the only table from a constant offset: the only kind that php.wasm has. */
const ACTIVE = 0;
const I32_CONST = 0x41;
const END = 0x0b;

/**
 * A copy of a binary that lists which slots of its function table hold exported functions: 60 or so of 13,000. See
 * `exportedSlots()`.
 * @throws RangeError when the table is filled in another way
 */
export function listExportedSlots(binary: Uint8Array): Uint8Array<ArrayBuffer> {
	const exported = new Set<number>();
	for (const { kind, index } of readExports(binary)) if (kind === FUNCTION) exported.add(index);
	const { body } = findSection(binary, ELEMENT_SECTION);
	const segments = readNumber(binary, body);
	const mode = readNumber(binary, segments.next);
	const first = readNumber(binary, mode.next + 1);
	const isPlain = mode.value === ACTIVE && binary[mode.next] === I32_CONST && binary[first.next] === END;
	if (segments.value !== 1 || !isPlain) throw new RangeError('php.wasm fills its function table in an unknown way.');
	const count = readNumber(binary, first.next + 1);
	const slots: number[] = [];
	for (let i = 0, at = count.next; i < count.value; i++) {
		const index = readNumber(binary, at);
		if (exported.has(index.value)) slots.push(first.value + i);
		at = index.next;
	}
	const name = new TextEncoder().encode(SECTION);
	const content = joinBytes([numberBytes(name.length), name, new Uint8Array(Uint32Array.from(slots).buffer)]);
	return joinBytes([binary, [CUSTOM_SECTION, ...numberBytes(content.length)], content]);
}

/** What `listExportedSlots()` has listed; undefined when the module was not made from its result. Any thread. */
export function exportedSlots(module: WebAssembly.Module): ReadonlySet<number> | undefined {
	const [section] = WebAssembly.Module.customSections(module, SECTION);
	return section && new Set(new Uint32Array(section));
}
