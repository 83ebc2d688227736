import type { SidekickBoard } from '../shared-memory/sidekick-board.ts';
import { describeStatus } from '../sidekicks/messages.ts';
import type { Publication, SidekickCells } from '../sidekicks/ports.ts';
import type { SidekickStatus } from '../sidekicks/status.ts';

/** The registry's cells on the shared board. Main thread only. */
export class BoardCells implements SidekickCells {
	readonly #board: SidekickBoard;
	readonly #free: number[];

	constructor(board: SidekickBoard) {
		this.#board = board;
		this.#free = Array.from({ length: board.size }, (_, slot) => slot);
	}

	reserve(): number | undefined {
		// The one that was freed first: its last waiters have most probably read why it failed.
		const slot = this.#free.shift();
		return slot === undefined ? undefined : this.#board.handle(slot);
	}

	describe(handle: number, status: SidekickStatus): void {
		this.#board.setStatus(handle, describeStatus(status));
	}

	fail(handle: number, reason: string): void {
		this.#board.forget(handle, reason);
		this.#free.push(handle & 0xff);
	}

	isReady(handle: number): boolean {
		return this.#board.version(handle) !== 0;
	}

	snapshot(handle: number): { version: number; bytes: Uint8Array } | undefined {
		let bytes = new Uint8Array();
		const read = this.#board.snapshots(handle)?.read((length) => {
			bytes = new Uint8Array(length);
			return bytes;
		});
		return read === undefined || read.version === 0 ? undefined : { version: read.version, bytes };
	}

	publication(handle: number): Publication {
		return this.#board.publication(handle);
	}
}
