import type { SidekickBoard } from '../shared-memory/sidekick-board.ts';
import { describeStatus } from '../sidekicks/error-texts.ts';
import type { Publication, SidekickCells } from '../sidekicks/ports.ts';
import type { SidekickStatus, SidekickTasks } from '../sidekicks/status.ts';

/** How many freed cells rest before they are reused: waiters may still read why their sidekick is gone. */
const RESTING = 4;

/**
 * The registry's cells on the shared board. Main thread only.
 *
 * Shared memory never shrinks, and threads that may be blocked cannot be told of another buffer: a cell keeps the size
 * that it has grown to. So used cells are reused before untouched ones: no more cells grow than there were sidekicks at
 * a time, plus RESTING.
 */
export class BoardCells implements SidekickCells {
	readonly #board: SidekickBoard;
	/** The most recently used first. */
	readonly #free: number[];
	/** Freed, the oldest first. */
	readonly #resting: number[] = [];

	constructor(board: SidekickBoard) {
		this.#board = board;
		this.#free = Array.from({ length: board.size }, (_, cell) => cell);
	}

	reserve(_name: string, isBackground: boolean, threads: number): number | undefined {
		const cell = this.#free.shift() ?? this.#resting.shift();
		if (cell === undefined) return undefined;
		const handle = this.#board.handle(cell);
		this.#board.take(handle, isBackground, threads);
		return handle;
	}

	bootFailed(handle: number): void {
		this.#board.bootFailed(handle);
	}

	describe(handle: number, status: SidekickStatus): void {
		this.#board.setStatus(handle, describeStatus(status));
	}

	fail(handle: number, reason: string): void {
		this.#board.forget(handle, reason);
		this.#resting.push(handle & 0xff);
		if (this.#resting.length > RESTING) this.#free.unshift(this.#resting.shift() as number);
	}

	isReady(handle: number): boolean {
		return this.#board.isReady(handle);
	}

	snapshot(handle: number): { version: number; bytes: Uint8Array } | undefined {
		let bytes = new Uint8Array();
		const read = this.#board.snapshots(handle)?.read((length) => {
			bytes = new Uint8Array(length);
			return bytes;
		});
		return read === undefined || read.version === 0 ? undefined : { version: read.version, bytes };
	}

	tasks(handle: number): SidekickTasks {
		return { ...this.#board.tasks.counters.read(handle), ...this.#board.tasks.load(handle) };
	}

	publication(handle: number): Publication {
		return this.#board.publication(handle);
	}
}
