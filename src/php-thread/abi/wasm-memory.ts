/**
 * The one place that owns views on the linear memory of the PHP instance. A growth of the memory detaches every view,
 * so nobody else keeps one: take it from here, use it, drop it.
 */
export class WasmMemory {
	readonly #memory: WebAssembly.Memory;
	readonly #onSize: (bytes: number) => void;
	#bytes: Uint8Array<ArrayBuffer>;
	#view: DataView;
	readonly #decoder = new TextDecoder();
	readonly #encoder = new TextEncoder();

	/** @param onSize hears the size of the memory, bytes: now, and when a growth is noticed */
	constructor(memory: WebAssembly.Memory, onSize: (bytes: number) => void = () => {}) {
		this.#memory = memory;
		this.#onSize = onSize;
		this.#bytes = new Uint8Array(memory.buffer as ArrayBuffer);
		this.#view = new DataView(memory.buffer);
		onSize(this.#bytes.length);
	}

	/** The memory as bytes, valid until PHP runs again. */
	get bytes(): Uint8Array<ArrayBuffer> {
		// A detached view has length 0; comparing that is cheaper than asking for memory.buffer each time.
		if (this.#bytes.length === 0) this.#renew();
		return this.#bytes;
	}

	get view(): DataView {
		if (this.#bytes.length === 0) this.#renew();
		return this.#view;
	}

	text(pointer: number, length: number): string {
		return this.#decoder.decode(this.bytes.subarray(pointer, pointer + length));
	}

	/** The text at `pointer` up to its NUL; '' for the null pointer. */
	cString(pointer: number): string {
		return pointer === 0 ? '' : this.text(pointer, this.bytes.indexOf(0, pointer) - pointer);
	}

	/** Writes UTF-8 text, cut to `capacity` bytes. Returns the bytes written. */
	writeText(pointer: number, capacity: number, text: string): number {
		return this.#encoder.encodeInto(text, this.bytes.subarray(pointer, pointer + capacity)).written;
	}

	#renew(): void {
		this.#bytes = new Uint8Array(this.#memory.buffer as ArrayBuffer);
		this.#view = new DataView(this.#memory.buffer);
		this.#onSize(this.#bytes.length);
	}
}
