const PORTS = 65536;

/**
 * Ports of this machine that PHP must not connect to, because the server's operators are served there. One table for all
 * threads of the process: it changes while they run.
 */
export class ClosedPorts {
	/** How many endpoints have the port. */
	readonly #counts: Int32Array;
	/** Called after each change that is made by this object. */
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

	/** Closes a port for PHP, before anybody is served there; the result opens it again, when nobody is any more. */
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

	/** All that are closed, but 0. */
	list(): number[] {
		const ports: number[] = [];
		for (let port = 1; port < PORTS; port++) if (this.isClosed(port)) ports.push(port);
		return ports;
	}

	#tell(): void {
		for (const hear of this.changed) hear();
	}
}
