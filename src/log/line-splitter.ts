/** A line without an end is cut after this many bytes. */
const LONGEST_LINE = 8192;
const NEWLINE = 10;

/** Turns a stream of bytes into lines of text, for the log. */
export class LineSplitter {
	readonly #emit: (line: string) => void;
	#rest = '';
	readonly #decoder = new TextDecoder();

	constructor(emit: (line: string) => void) {
		this.#emit = emit;
	}

	push(bytes: Uint8Array): void {
		this.#rest += this.#decoder.decode(bytes, { stream: true });
		const lines = bytes.includes(NEWLINE) ? this.#rest.split('\n') : [this.#rest];
		this.#rest = lines.pop() ?? '';
		for (const line of lines) this.#emit(line.trimEnd());
		while (this.#rest.length > LONGEST_LINE) {
			this.#emit(this.#rest.slice(0, LONGEST_LINE));
			this.#rest = this.#rest.slice(LONGEST_LINE);
		}
	}

	/** No more bytes: what is left is a line too. */
	end(): void {
		if (this.#rest !== '') this.#emit(this.#rest.trimEnd());
		this.#rest = '';
	}
}
