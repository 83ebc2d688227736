/** Bytes that have arrived and wait for PHP to read them. */
export class ByteQueue {
	#chunks: Uint8Array[] = [];
	#offset = 0;
	#length = 0;

	/** How many bytes there are. */
	get length(): number {
		return this.#length;
	}

	/** Appends bytes; they are the queue's from now on. */
	push(chunk: Uint8Array): void {
		this.#chunks.push(chunk);
		this.#length += chunk.length;
	}

	/** Fills `target` from the front. Returns how many bytes that were; with `keep` they stay. */
	read(target: Uint8Array, keep: boolean): number {
		let filled = 0;
		let index = 0;
		let offset = this.#offset;
		while (filled < target.length && index < this.#chunks.length) {
			const chunk = this.#chunks[index] as Uint8Array;
			const part = chunk.subarray(offset, offset + target.length - filled);
			target.set(part, filled);
			filled += part.length;
			offset += part.length;
			if (offset === chunk.length) {
				index++;
				offset = 0;
			}
		}
		if (keep) return filled;
		if (index > 0) this.#chunks.splice(0, index);
		this.#offset = offset;
		this.#length -= filled;
		return filled;
	}
}
