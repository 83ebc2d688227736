const PORTS = 65536;

/**
 * Ports of this machine that PHP must not connect to, because the admin API is there. One table for all threads of the
 * process: it changes while they run.
 */
export class ClosedPorts {
	/** How many endpoints use the port. */
	readonly #counts: Int32Array;
	/** Called after each change made through this object. */
	readonly changed = new Set<() => void>();

	constructor(buffer: SharedArrayBuffer) {
		this.#counts = new Int32Array(buffer);
	}

	static createBuffer(): SharedArrayBuffer {
		return new SharedArrayBuffer(PORTS * Int32Array.BYTES_PER_ELEMENT);
	}

	get buffer(): SharedArrayBuffer {
		return this.#counts.buffer as SharedArrayBuffer;
	}

	/** Closes a port for PHP, before anything is served there. Call the result to open it again, afterwards. */
	close(port: number): () => void {
		Atomics.add(this.#counts, port, 1);
		this.#tell();
		let closed = true;
		return () => {
			if (!closed) return;
			closed = false;
			Atomics.sub(this.#counts, port, 1);
			this.#tell();
		};
	}

	isClosed(port: number): boolean {
		return Atomics.load(this.#counts, port) > 0;
	}

	/** All closed ports except 0. */
	list(): number[] {
		const ports: number[] = [];
		for (let port = 1; port < PORTS; port++) if (this.isClosed(port)) ports.push(port);
		return ports;
	}

	#tell(): void {
		for (const hear of this.changed) hear();
	}
}
