import { Outbox } from '../shared-memory/outbox.ts';
import type { SidekickBoard } from '../shared-memory/sidekick-board.ts';
import type { Role, ThreadEvent } from './thread-messages.ts';

type SharedPublishing = { outbox: Outbox; place: string; maxSize: number };

/**
 * The sidekick or background worker that runs on this thread, and whether it, or the worker of requests, has reached its
 * ready point. PHP thread.
 */
export class SidekickReadiness {
	readonly #board: SidekickBoard;
	readonly #post: (event: ThreadEvent) => void;
	#handle = -1;
	#isBackground = false;
	#isBooting = false;
	#shared: SharedPublishing | undefined;

	constructor(board: SidekickBoard, post: (event: ThreadEvent) => void) {
		this.#board = board;
		this.#post = post;
	}

	/** Of the sidekick; −1 = none runs here. */
	get handle(): number {
		return this.#handle;
	}

	/** It is a background worker. */
	get isBackground(): boolean {
		return this.#isBackground;
	}

	/** A run begins. */
	begin(role: Role): void {
		this.#handle = role.kind === 'sidekick' ? role.handle : -1;
		this.#isBackground = role.kind === 'sidekick' && role.isBackground;
		this.#isBooting = role.kind === 'sidekick' || role.kind === 'worker';
		const shared = role.kind === 'sidekick' ? role.shared : undefined;
		this.#shared = shared && { ...shared, outbox: new Outbox(shared.outbox) };
	}

	/** What runs here publishes for the fleet: by publishShared(), and not on the board. */
	get isShared(): boolean {
		return this.#shared !== undefined;
	}

	/**
	 * Hands a publication to the main thread, which sends it to the fleet; who waits for it wakes when it has come back.
	 * Returns the sentence for a RuntimeException when it is too large to be sent.
	 */
	publishShared(bytes: Uint8Array): { changed: boolean } | string {
		const { outbox, place, maxSize } = this.#shared as SharedPublishing;
		if (bytes.length > maxSize) {
			return `A snapshot of ${bytes.length} bytes is more than ${place} takes in one message (${maxSize} bytes); the previous snapshot stays. Publish less, or raise max_payload there.`;
		}
		if (!this.#isBackground) this.#isBooting = false;
		if (outbox.has(bytes)) return { changed: false };
		if (outbox.put(bytes)) this.#post({ type: 'sidekickPublished' });
		return { changed: true };
	}

	/** What runs here has a ready point, and has not reached it. */
	get isBooting(): boolean {
		return this.#isBooting;
	}

	/** A worker of requests waits for the first. */
	serves(): void {
		this.#isBooting = false;
	}

	/** It has published: the ready point of a sidekick. */
	published(): void {
		if (!this.#isBackground) this.#ready();
	}

	/** It has called tick(): the ready point of a background worker. */
	ticked(): void {
		if (this.#isBackground) this.#ready();
	}

	/** It waits for its end, by a stream alone: the ready point of a background worker that does not tick. False = it was ready. */
	rests(): boolean {
		const isReadyPoint = this.#isBackground && this.#isBooting;
		this.ticked();
		return isReadyPoint;
	}

	#ready(): void {
		if (!this.#isBooting || this.#handle < 0) return;
		this.#isBooting = false;
		this.#board.markReady(this.#handle);
		this.#post({ type: 'sidekickReady' });
	}
}
