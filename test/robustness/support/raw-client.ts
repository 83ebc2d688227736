import { connect, type Socket } from 'node:net';

/** A client that writes bytes as it likes; `answer` waits for the bytes that come back. */
export class RawClient implements Disposable {
	readonly socket: Socket;
	readonly closed: Promise<void>;
	#received = Buffer.alloc(0);
	#look: (() => void) | undefined;

	constructor(url: string | undefined) {
		const { hostname, port } = new URL(url ?? '');
		this.socket = connect(Number(port), hostname);
		// A server that cuts the connection is one of the things that tests wait for.
		this.socket.on('error', () => {});
		this.socket.on('data', (chunk) => {
			this.#received = Buffer.concat([this.#received, chunk]);
			this.#look?.();
		});
		this.closed = new Promise((resolve) => {
			this.socket.on('close', () => {
				resolve();
				this.#look?.();
			});
		});
	}

	get received(): string {
		return this.#received.toString('latin1');
	}

	send(...lines: string[]): this {
		this.socket.write(lines.join('\r\n'));
		return this;
	}

	/** Resolves when what was received matches; rejects when the connection ends before, or after `milliseconds`. */
	answer(pattern: RegExp, milliseconds = 10_000): Promise<string> {
		return new Promise((resolve, reject) => {
			const fail = (why: string) => {
				clearTimeout(timer);
				this.#look = undefined;
				reject(new Error(`${why} before ${pattern}; received: ${this.received.slice(0, 500)}`));
			};
			const timer = setTimeout(() => fail('Time was over'), milliseconds);
			this.#look = () => {
				if (pattern.test(this.received)) {
					clearTimeout(timer);
					this.#look = undefined;
					resolve(this.received);
				} else if (this.socket.closed) fail('The connection ended');
			};
			this.#look();
		});
	}

	[Symbol.dispose](): void {
		this.socket.destroy();
	}
}
