import { createSnapshotBuffers, SNAPSHOT_WORDS, SnapshotBuffers } from './snapshot-buffers.ts';

/**
 * What a sidekick's thread has published for the fleet, and the main thread has not sent yet: only the latest. A thread
 * that publishes faster than the engine takes it fills no queue.
 */
const RUNG = SNAPSHOT_WORDS;
const WORDS = SNAPSHOT_WORDS + 1;

/** What is sent to the thread. */
export type OutboxBuffers = { control: SharedArrayBuffer; snapshots: SharedArrayBuffer[] };

/** @param maxSize bytes of the largest publication */
export function createOutboxBuffers(maxSize: number): OutboxBuffers {
	return { control: new SharedArrayBuffer(WORDS * 4), snapshots: createSnapshotBuffers(maxSize) };
}

/** One thread puts, the main thread takes. */
export class Outbox {
	readonly #words: Int32Array;
	readonly #snapshots: SnapshotBuffers;

	constructor({ control, snapshots }: OutboxBuffers) {
		this.#words = new Int32Array(control);
		this.#snapshots = new SnapshotBuffers(this.#words, 0, snapshots);
	}

	/** Replaces what is in it. True = the main thread has to be told. The sidekick's thread. */
	put(bytes: Uint8Array): boolean {
		this.#snapshots.publish(bytes);
		return Atomics.exchange(this.#words, RUNG, 1) === 0;
	}

	/** Whether these bytes are what was put last. The sidekick's thread. */
	has(bytes: Uint8Array): boolean {
		return this.#snapshots.equals(bytes);
	}

	/** A copy of the latest; undefined = nothing was put. Main thread, once it has been told. */
	take(): Uint8Array | undefined {
		// First: what is put from here on is told again.
		Atomics.store(this.#words, RUNG, 0);
		let bytes = new Uint8Array();
		const { version } = this.#snapshots.read((length) => {
			bytes = new Uint8Array(length);
			return bytes;
		});
		return version === 0 ? undefined : bytes;
	}
}
