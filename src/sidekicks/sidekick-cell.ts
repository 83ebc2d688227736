import type { Publication, SidekickCells } from './ports.ts';
import type { SidekickFleet, SidekickStatus, SidekickTasks } from './status.ts';

/** The cell of one sidekick until it is closed; after that it may belong to another sidekick and is not touched. */
export class SidekickCell {
	readonly handle: number;
	readonly #cells: SidekickCells;
	#open = true;

	constructor(handle: number, cells: SidekickCells) {
		this.handle = handle;
		this.#cells = cells;
	}

	/** Whether its sidekick has ever reached its ready point. */
	get isReady(): boolean {
		return this.#open && this.#cells.isReady(this.handle);
	}

	/** Undefined when nothing has been published, or the cell is closed. */
	get publication(): Publication | undefined {
		const publication = this.#open ? this.#cells.publication(this.handle) : undefined;
		return publication === undefined || publication.version === 0 ? undefined : publication;
	}

	/** Undefined when nobody counts them, or the cell is closed. */
	get tasks(): SidekickTasks | undefined {
		return this.#open ? this.#cells.tasks?.(this.handle) : undefined;
	}

	/** Undefined when no fleet shares it, or the cell is closed. */
	get fleet(): SidekickFleet | undefined {
		return this.#open ? this.#cells.fleet?.(this.handle) : undefined;
	}

	/** Undefined when nothing has been published, or the cell is closed. */
	get snapshot(): { version: number; bytes: Uint8Array } | undefined {
		return this.#open ? this.#cells.snapshot(this.handle) : undefined;
	}

	describe(status: SidekickStatus): void {
		if (this.#open) this.#cells.describe(this.handle, status);
	}

	/** A run has ended before it was ready. */
	bootFailed(): void {
		if (this.#open) this.#cells.bootFailed(this.handle);
	}

	/** Wakes the waiters with `reason` and gives the cell back. The first call counts. */
	close(reason: string): void {
		if (!this.#open) return;
		this.#open = false;
		this.#cells.fail(this.handle, reason);
	}
}
