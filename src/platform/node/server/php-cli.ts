import { createFileLockBuffer } from '../../../shared-memory/file-locks.ts';
import { createOutdatedCodeBuffer } from '../../../shared-memory/outdated-code.ts';
import { createSlotBuffer } from '../../../shared-memory/request-slots.ts';
import { createBoardBuffers } from '../../../shared-memory/sidekick-board.ts';
import { PhpThreadHandle } from '../../../threads/php-thread-handle.ts';
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
		const running = thread.assume({
			kind: 'cli',
			args: options.args,
			folder: options.folder,
		});
		thread.onEvent = (event) => {
			if (event.type === 'output') writeOutput(event.stream, event.bytes);
			else if (event.type === 'log') writeOutput(STDERR, new TextEncoder().encode(`${event.message}\n`));
		};
		const outcome = await running;
		if (outcome.kind === 'exit') return outcome.status;
		writeOutput(STDERR, new TextEncoder().encode(`PHP crashed: ${outcome.message ?? 'its thread was lost'}\n`));
		return 255;
	} finally {
		await thread.terminate();
		await platform.dispose();
	}
}

/** Writes to this process's stdout (1) or stderr (2). */
function writeOutput(stream: number, bytes: Uint8Array): void {
	(stream === STDERR ? process.stderr : process.stdout).write(bytes);
}
