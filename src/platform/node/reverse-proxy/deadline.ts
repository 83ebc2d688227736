import type { ClientRequest } from 'node:http';

/** First for the connection, then for the head of the answer. */
export class Deadline {
	#timer: NodeJS.Timeout | undefined;
	/** The request has a connection; without one, nothing of it has been sent. */
	isConnected = false;
	hasPassed = false;
	readonly #asked: ClientRequest;

	/**
	 * @param isSecure a connection is one only after its handshake
	 * @param dial milliseconds, 0 = as long as it takes
	 * @param head the same
	 * @param connected called once there is a connection
	 */
	constructor(asked: ClientRequest, isSecure: boolean, dial: number, head: number, connected: () => void) {
		this.#asked = asked;
		this.#start(dial);
		asked.once('socket', (socket) => {
			const begin = (): void => {
				if (asked.destroyed) return;
				this.isConnected = true;
				this.#start(head);
				connected();
			};
			if (asked.reusedSocket) begin();
			else socket.once(isSecure ? 'secureConnect' : 'connect', begin);
		});
	}

	end(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
	}

	#start(milliseconds: number): void {
		clearTimeout(this.#timer);
		if (milliseconds === 0) return;
		this.#timer = setTimeout(() => {
			this.hasPassed = true;
			this.#asked.destroy(new Error(`nothing came within ${milliseconds} ms`));
		}, milliseconds);
	}
}
