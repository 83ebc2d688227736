import { createFileLockBuffer } from '../../../shared-memory/file-locks.ts';
import { createOutdatedCodeBuffer } from '../../../shared-memory/outdated-code.ts';
import { createSlotBuffer } from '../../../shared-memory/request-slots.ts';
import { createBoardBuffers } from '../../../shared-memory/sidekick-board.ts';
import { type HandleOutcome, PhpThreadHandle } from '../../../threads/php-thread-handle.ts';
import type { ThreadFactory } from '../../../threads/thread-port.ts';
import { tell } from '../operations/write-all.ts';
import { createNodePlatform, type NodePlatformOptions } from '../threads/node-platform.ts';

const STDERR = 2;

/** What `igor php-cli` runs. */
export type PhpCliOptions = Omit<NodePlatformOptions, 'commandLine'> & {
	/** For PHP's own command line. */
	args: string[];
	/** Where it is run. */
	folder: string;
};

/**
 * Runs PHP's command line on a PHP thread of its own, with the standard streams of this process. A signal that ends
 * programs ends this one at once.
 * @returns the script's exit status; 255 when PHP crashed
 */
export async function runPhpCli(options: PhpCliOptions): Promise<number> {
	const platform = await createNodePlatform({ ...options, commandLine: true });
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.once(signal, () => {
			platform.disposeNow();
			process.kill(process.pid, signal);
		});
	}
	try {
		const outcome = await runOnThread(platform.threads, options);
		if (outcome.kind === 'exit') return outcome.status;
		tell(STDERR, `PHP crashed: ${outcome.message ?? 'its thread was lost'}\n`);
		return 255;
	} finally {
		await platform.dispose();
	}
}

/** One run of PHP's command line. */
export type CommandLineRun = {
	args: string[];
	folder: string;
	/** Added to the environment of the platform. */
	ownEnv?: Readonly<Record<string, string>>;
	/** Terminates the thread. */
	signal?: AbortSignal;
};

/**
 * Runs PHP's command line on a PHP thread of its own, to its end.
 * @throws when PHP cannot start
 */
export async function runOnThread(
	threads: ThreadFactory,
	{ args, folder, ownEnv = {}, signal }: CommandLineRun,
): Promise<HandleOutcome> {
	const nothing = (): void => {};
	const thread = new PhpThreadHandle(
		threads,
		{
			slots: createSlotBuffer(),
			board: createBoardBuffers(1, 0),
			fileLocks: createFileLockBuffer(),
			outdatedCode: createOutdatedCodeBuffer(),
		},
		ownEnv,
		{
			doorbell: nothing,
			lost: nothing,
			event: (asking, event) => {
				if (event.type === 'ensure') {
					asking.cell.reply(event.question, {
						ok: false,
						message: 'There are no sidekicks in php-cli: start the app with "igor php-server".',
					});
				}
			},
		},
	);
	const terminate = (): void => void thread.terminate();
	signal?.addEventListener('abort', terminate);
	try {
		await thread.booted;
		// What it writes, it writes itself.
		return await thread.assume({ kind: 'cli', args, folder });
	} finally {
		signal?.removeEventListener('abort', terminate);
		await thread.terminate();
	}
}
