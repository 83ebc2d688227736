import { runOnThread } from '../../../threads/command-line-run.ts';
import { tell } from '../operations/write-all.ts';
import { createNodePlatform, type NodePlatformOptions } from '../threads/node-platform.ts';

const STDERR = 2;
const NO_SIDEKICKS = 'There are no sidekicks in php-cli: start the app with "igor php-server".';

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
		const { args, folder } = options;
		const outcome = await runOnThread(platform.threads, { args, folder, noSidekicks: NO_SIDEKICKS });
		if (outcome.kind === 'exit') return outcome.status;
		tell(STDERR, `PHP crashed: ${outcome.message ?? 'its thread was lost'}\n`);
		return 255;
	} finally {
		await platform.dispose();
	}
}
