import { createFileLockBuffer, FileLocks } from '../shared-memory/file-locks.ts';
import { createOutdatedCodeBuffer } from '../shared-memory/outdated-code.ts';
import { createSlotBuffer } from '../shared-memory/request-slots.ts';
import { createBoardBuffers } from '../shared-memory/sidekick-board.ts';
import { type HandleOutcome, PhpThreadHandle } from './php-thread-handle.ts';
import type { ThreadFactory } from './thread-port.ts';

/** Among the owners of file locks; PHP threads count from 1. */
const MAIN_THREAD = -1;

/** One run of PHP's command line. */
export type CommandLineRun = {
	args: string[];
	folder: string;
	/** Added to the environment of the platform. */
	ownEnv?: Readonly<Record<string, string>>;
	/** Of the scope whose files it shares; missing = nobody else locks them. */
	fileLocks?: SharedArrayBuffer;
	/** What a script is told that reads a sidekick. */
	noSidekicks: string;
	/** Terminates the thread. */
	signal?: AbortSignal | undefined;
	/** Hears what PHP writes to stdout (1) and stderr (2), where the thread does not write it itself. */
	onOutput?(stream: number, bytes: Uint8Array): void;
};

/**
 * Runs PHP's command line on a PHP thread of its own, to its end. Main thread only.
 * @param threads whose threads run PHP's command line
 * @throws when PHP cannot start
 */
export async function runOnThread(
	threads: ThreadFactory,
	{ args, folder, ownEnv = {}, fileLocks = createFileLockBuffer(), noSidekicks, signal, onOutput }: CommandLineRun,
): Promise<HandleOutcome> {
	const locks = new FileLocks(fileLocks, MAIN_THREAD);
	const thread = new PhpThreadHandle(
		threads,
		{
			slots: createSlotBuffer(),
			board: createBoardBuffers(1, 0),
			fileLocks,
			outdatedCode: createOutdatedCodeBuffer(),
		},
		ownEnv,
		{
			doorbell: () => {},
			lost: ({ processId }) => locks.releaseThread(processId),
			event: (asking, event) => {
				if (event.type === 'ensure') asking.cell.reply(event.question, { ok: false, message: noSidekicks });
				else if (event.type === 'output') onOutput?.(event.stream, event.bytes);
			},
		},
	);
	const terminate = (): void => void thread.terminate();
	signal?.addEventListener('abort', terminate);
	try {
		await thread.booted;
		return await thread.assume({ kind: 'cli', args, folder });
	} finally {
		signal?.removeEventListener('abort', terminate);
		await thread.terminate();
	}
}
