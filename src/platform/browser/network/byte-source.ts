import { ByteQueue } from '../../../bytes/byte-queue.ts';
import { byteStrings } from '../../../bytes/byte-strings.ts';

/** Bytes that one side pushes as they come, and the other awaits in units of its protocol. One reader. */
export class ByteSource {
	readonly #queue = new ByteQueue();
	#ended = false;
	#wake: (() => void) | undefined;

	/** Appends bytes; they are the source's from now on. */
	push(bytes: Uint8Array): void {
		this.#queue.push(bytes);
		this.#wake?.();
	}

	/** No more will come. */
	end(): void {
		this.#ended = true;
		this.#wake?.();
	}

	/** Up to `count` bytes of what has arrived, without taking them. */
	peek(count: number): Uint8Array {
		const bytes = new Uint8Array(Math.min(count, this.#queue.length));
		this.#queue.read(bytes, true);
		return bytes;
	}

	/** Waits until there are more bytes than `known`; false = there will be no more. */
	async more(known: number): Promise<boolean> {
		while (this.#queue.length <= known) {
			if (this.#ended) return false;
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
		return true;
	}

	/** Takes exactly this many bytes; undefined = the end came first. */
	async take(count: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
		while (this.#queue.length < count) if (!(await this.more(this.#queue.length))) return undefined;
		const bytes = new Uint8Array(count);
		this.#queue.read(bytes, false);
		return bytes;
	}

	/** Takes text up to a mark, without it, one character per byte; undefined = the end or the limit came first. */
	async takeUntil(mark: string, limit: number): Promise<string | undefined> {
		for (;;) {
			const bytes = this.peek(limit);
			const text = byteStrings.read(bytes, 0, bytes.length);
			const at = text.indexOf(mark);
			if (at !== -1) {
				await this.take(at + mark.length);
				return text.slice(0, at);
			}
			if (bytes.length === limit || !(await this.more(bytes.length))) return undefined;
		}
	}
}
