import type { PhpExchange } from '../../../http/php-port.ts';

/** Feeds the body of one request to PHP, as fast as PHP takes it. */
export class BodyFeed {
	readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
	readonly #php: PhpExchange;
	#isFeeding = false;
	#isOver = false;

	constructor(body: ReadableStream<Uint8Array>, php: PhpExchange) {
		this.#reader = body.getReader();
		this.#php = php;
	}

	/** PHP has room. */
	more(): void {
		if (!this.#isFeeding && !this.#isOver) void this.#feed();
	}

	/** Nobody reads it any more. */
	stop(): void {
		if (this.#isOver) return;
		this.#isOver = true;
		this.#reader.cancel().catch(() => {});
	}

	async #feed(): Promise<void> {
		this.#isFeeding = true;
		try {
			while (!this.#isOver) {
				const { done, value } = await this.#reader.read();
				if (this.#isOver) return;
				if (done) {
					this.#isOver = true;
					this.#php.endBody();
					return;
				}
				if (!this.#php.pushBody(value)) return;
			}
		} catch {
			// The sender broke off.
			if (!this.#isOver) this.#php.abortBody();
			this.#isOver = true;
		} finally {
			this.#isFeeding = false;
		}
	}
}
