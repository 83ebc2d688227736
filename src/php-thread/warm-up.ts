import { createBoardBuffers, SidekickBoard } from '../shared-memory/sidekick-board.ts';
import type { HostFiles } from './files/host-files.ts';
import type { ThreadBuffers } from './thread-messages.ts';

// JavaScript is compiled at its first call. That would be while readers are blocked on a sidekick's first publication, so
// its code runs once before, while nobody waits; this takes under a millisecond.

/** As many as any snapshot takes at first. */
const REHEARSED_BYTES = 4096;

/** A board that nobody sees. @param tasks of the scope: it needs some */
export function rehearsalBoard(tasks: ThreadBuffers['board']['tasks']): SidekickBoard {
	return new SidekickBoard(createBoardBuffers(1, REHEARSED_BYTES, tasks));
}

/** Publishes on it. What C publishes comes afterwards. */
export function warmUpPublication(board: SidekickBoard): void {
	const handle = board.handle(0);
	for (let i = 0; i < 3; i++) {
		board.publish(handle, Uint8Array.of(i), 1, true);
		board.snapshots(handle)?.read((length) => new Uint8Array(length));
	}
}

/** Looks at a visible folder as chdir() does, which C cannot call. */
export function warmUpFolder(files: HostFiles): void {
	const [folder] = files.visible;
	if (folder === undefined) return;
	try {
		files.folder(folder);
	} catch {
		// It is not there, or may not be entered: scripts will be told so.
	}
}
