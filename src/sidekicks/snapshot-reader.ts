/** A value of a snapshot; an int has 64 bits. */
export type SnapshotValue =
	| { type: 'null'; value: null }
	| { type: 'bool'; value: boolean }
	| { type: 'int'; value: bigint }
	| { type: 'float'; value: number }
	/** `bytes` are the snapshot's own, not a copy. */
	| { type: 'string'; bytes: Uint8Array }
	| { type: 'enum'; class: string; case: string }
	/** `isCut`: it is nested too deeply to be shown, and has elements that are not here. */
	| { type: 'array'; isList: boolean; isCut: boolean; elements: SnapshotElement[] };

/** Key and value of an array. */
export type SnapshotElement = [key: string | bigint, value: SnapshotValue];

/** As in wasm/snapshot_format.h, which describes the format. */
const FORMAT = 1;
const HEADER = 2;
const TAG_NULL = 0;
const TAG_FALSE = 1;
const TAG_TRUE = 2;
const TAG_INT = 3;
const TAG_FLOAT = 4;
const TAG_STRING = 5;
const TAG_ENUM = 6;
const TAG_LIST = 7;
const TAG_MAP = 8;
/** Arrays that are nested deeper are passed over: this is for people. */
const SHOWN_DEPTH = 64;

/** Reads an encoded snapshot once, from its start. */
export class SnapshotReader {
	readonly #bytes: Uint8Array;
	readonly #view: DataView;
	readonly #decoder = new TextDecoder();
	#at = HEADER;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
		this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	}

	/** The variables, in their order. Throws RangeError when the bytes are no snapshot. */
	variables(): SnapshotElement[] {
		if (this.#view.getUint8(0) !== FORMAT) throw new RangeError('These bytes are no snapshot.');
		const array = this.#value(0);
		if (array.type !== 'array') throw new RangeError('These bytes are no snapshot: they do not begin with an array.');
		return array.elements;
	}

	#value(depth: number): SnapshotValue {
		const tag = this.#u8();
		return tag === TAG_LIST || tag === TAG_MAP ? this.#array(tag === TAG_LIST, depth) : this.#plain(tag);
	}

	/** What is no array. */
	#plain(tag: number): SnapshotValue {
		switch (tag) {
			case TAG_NULL:
				return { type: 'null', value: null };
			case TAG_FALSE:
			case TAG_TRUE:
				return { type: 'bool', value: tag === TAG_TRUE };
			case TAG_INT:
				return { type: 'int', value: this.#i64() };
			case TAG_FLOAT:
				return { type: 'float', value: this.#f64() };
			case TAG_STRING:
				return { type: 'string', bytes: this.#bytesOf(this.#u32()) };
			case TAG_ENUM:
				return { type: 'enum', class: this.#text(), case: this.#text() };
			default:
				throw new RangeError(`These bytes are no snapshot: a value has the tag ${tag}.`);
		}
	}

	#array(isList: boolean, depth: number): SnapshotValue {
		const count = this.#count(isList);
		const isCut = depth === SHOWN_DEPTH && count > 0;
		if (isCut) this.#pass({ left: count, isList });
		return { type: 'array', isList, isCut, elements: isCut ? [] : this.#elements(count, isList, depth + 1) };
	}

	/** Passes over the elements of an array, however deeply they are nested. */
	#pass(outermost: { left: number; isList: boolean }): void {
		const open = [outermost];
		for (let array = open.at(-1); array !== undefined; array = open.at(-1)) {
			if (array.left-- === 0) {
				open.pop();
				continue;
			}
			if (!array.isList) this.#key();
			const tag = this.#u8();
			const isList = tag === TAG_LIST;
			if (isList || tag === TAG_MAP) open.push({ left: this.#count(isList), isList });
			else this.#plain(tag);
		}
	}

	/** How many elements an array has. */
	#count(isList: boolean): number {
		const count = this.#u32();
		if (!isList) this.#i64();
		if (count > this.#bytes.length - this.#at) throw new RangeError('These bytes are no snapshot: they end too early.');
		return count;
	}

	#elements(count: number, isList: boolean, depth: number): SnapshotElement[] {
		const elements: SnapshotElement[] = [];
		for (let index = 0; index < count; index++) {
			const key = isList ? BigInt(index) : this.#key();
			elements.push([key, this.#value(depth)]);
		}
		return elements;
	}

	#key(): string | bigint {
		const tag = this.#u8();
		if (tag === TAG_STRING) return this.#text();
		if (tag === TAG_INT) return this.#i64();
		throw new RangeError(`These bytes are no snapshot: a key has the tag ${tag}.`);
	}

	#u8(): number {
		return this.#view.getUint8(this.#at++);
	}

	#u32(): number {
		this.#at += 4;
		return this.#view.getUint32(this.#at - 4, true);
	}

	#i64(): bigint {
		this.#at += 8;
		return this.#view.getBigInt64(this.#at - 8, true);
	}

	#f64(): number {
		this.#at += 8;
		return this.#view.getFloat64(this.#at - 8, true);
	}

	#text(): string {
		return this.#decoder.decode(this.#bytesOf(this.#u32()));
	}

	#bytesOf(length: number): Uint8Array {
		if (length > this.#bytes.length - this.#at)
			throw new RangeError('These bytes are no snapshot: they end too early.');
		this.#at += length;
		return this.#bytes.subarray(this.#at - length, this.#at);
	}
}
