import { DEFAULTS } from '../config/defaults.ts';
import type { ResolvedOptions } from '../config/options.ts';
import {
	type BoardBuffers,
	createBoardBuffers,
	MAX_SIDEKICKS,
	SidekickBoard,
} from '../shared-memory/sidekick-board.ts';
import type { SidekickRegistry } from '../sidekicks/registry.ts';
import { WaitingReaders } from '../sidekicks/waiting-readers.ts';
import { BoardCells } from '../threads/sidekick-cells.ts';

/** Where the sidekicks of a scope, or of several, have their cells and tasks. Main thread only. */
export type ScopeBoard = {
	readonly buffers: BoardBuffers;
	readonly board: SidekickBoard;
	readonly cells: BoardCells;
	/** What scopes share beside the memory; undefined = the scope has a board of its own. */
	readonly server: ServerBoard | undefined;
};

/**
 * What the scopes of a server share that has global background workers: one board, on which their threads read and send
 * tasks to the workers of another scope, the global one. Main thread only.
 */
export class ServerBoard {
	readonly buffers: BoardBuffers;
	readonly board: SidekickBoard;
	readonly cells: BoardCells;
	/** Threads of all scopes that wait for global workers. */
	readonly readers = new WaitingReaders();
	/** The registry of the global workers; undefined = they have not been started yet. */
	global: SidekickRegistry | undefined;

	/** @param maxSnapshotSize the largest of all scopes, bytes */
	constructor(maxSnapshotSize: number) {
		this.buffers = createBoardBuffers(MAX_SIDEKICKS, maxSnapshotSize);
		this.board = new SidekickBoard(this.buffers);
		this.cells = new BoardCells(this.board);
	}

	/** What a scope gets of it. @param maxSnapshotSize its own limit, bytes */
	forScope(maxSnapshotSize: number): ScopeBoard {
		const { board, cells } = this;
		return { buffers: { ...this.buffers, maxSnapshotSize }, board, cells, server: this };
	}
}

/** Cells beyond the limit: one that has just failed is not reused while its waiters still read why. */
const EXTRA_CELLS = 8;

/** The largest snapshot that a scope's sidekicks may publish, bytes; 0 = it has none of its own. */
export function maxSnapshotSizeOf({ sidekicks, backgroundWorkers = [], backgroundCatchAll }: ResolvedOptions): number {
	const publishes = sidekicks !== undefined || backgroundWorkers.length > 0 || backgroundCatchAll !== undefined;
	return sidekicks?.maxSnapshotSize ?? (publishes ? DEFAULTS.maxSnapshotSize : 0);
}

/** The board of a scope that stands alone. */
export function ownBoard(options: ResolvedOptions): ScopeBoard {
	const { sidekicks, backgroundWorkers = [], backgroundCatchAll } = options;
	const names = (sidekicks?.max ?? 0) + backgroundWorkers.length + (backgroundCatchAll?.max ?? 0);
	const buffers = createBoardBuffers(Math.min(names + EXTRA_CELLS, MAX_SIDEKICKS), maxSnapshotSizeOf(options));
	const board = new SidekickBoard(buffers);
	return { buffers, board, cells: new BoardCells(board), server: undefined };
}

/** The board that the scopes of a plan share: the former one, if it is large enough; `undefined` = they share none. */
export function boardFor(
	{ global, scopes }: { global?: { options: ResolvedOptions }; scopes: readonly { options: ResolvedOptions }[] },
	former: ServerBoard | undefined,
): ServerBoard | undefined {
	if (global === undefined) return undefined;
	const largest = Math.max(DEFAULTS.maxSnapshotSize, ...scopes.map(({ options }) => maxSnapshotSizeOf(options)));
	return former !== undefined && former.buffers.maxSnapshotSize >= largest ? former : new ServerBoard(largest);
}
