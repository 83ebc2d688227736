import { createBoardBuffers, SidekickBoard } from '../shared-memory/sidekick-board.ts';

/**
 * Runs what a sidekick's first publication runs, on a board that nobody sees. JavaScript is compiled at its first call,
 * and that call is exactly the one that readers are blocked on. Takes under a millisecond, while nobody waits.
 */
export function warmUpPublication(): void {
	const board = new SidekickBoard(createBoardBuffers(1, 1));
	const handle = board.handle(0);
	for (let i = 0; i < 3; i++) {
		board.publish(handle, Uint8Array.of(i));
		board.snapshots(handle)?.read((length) => new Uint8Array(length));
	}
}
