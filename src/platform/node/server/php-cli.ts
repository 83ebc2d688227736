import { createFileLockBuffer } from '../../../shared-memory/file-locks.ts';
import { createOutdatedCodeBuffer } from '../../../shared-memory/outdated-code.ts';
import { createSlotBuffer } from '../../../shared-memory/request-slots.ts';
import { createBoardBuffers } from '../../../shared-memory/sidekick-board.ts';
import { PhpThreadHandle } from '../../../threads/php-thread-handle.ts';
import { tell } from '../operations/write-all.ts';
import { createNodePlatform, type NodePlatformOptions } from '../threads/node-platform.ts';
import { beginThread } from '../threads/node-threads.ts';
import { findPhp } from '../threads/php-packages.ts';

const STDERR = 2;

/** What `igor php-cli` runs. */
export type PhpCliOptions = Omit<NodePlatformOptions, 'commandLine' | 'early'> & {
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
	const { glue } = await findPhp('node', options.phpVersion);
	const platform = await createNodePlatform({ ...options, commandLine: true, early: beginThread(glue) });
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.once(signal, () => {
			platform.disposeNow();
			process.kill(process.pid, signal);
		});
	}
	const nothing = (): void => {};
	const thread = new PhpThreadHandle(
		platform.threads,
		{
			slots: createSlotBuffer(),
			board: createBoardBuffers(1, 0),
			fileLocks: createFileLockBuffer(),
			outdatedCode: createOutdatedCodeBuffer(),
		},
		{},
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
	try {
		await thread.booted;
		// What it writes, it writes itself.
		const outcome = await thread.assume({ kind: 'cli', args: options.args, folder: options.folder });
		if (outcome.kind === 'exit') return outcome.status;
		tell(STDERR, `PHP crashed: ${outcome.message ?? 'its thread was lost'}\n`);
		return 255;
	} finally {
		await thread.terminate();
		await platform.dispose();
	}
}
