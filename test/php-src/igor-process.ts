import { parseNetwork } from '../../src/config/network-rules.ts';
import type { PhpExtension, PhpVersion } from '../../src/config/values.ts';
import { createNodePlatform } from '../../src/platform/node/threads/node-platform.ts';
import { runOnThread } from '../../src/threads/command-line-run.ts';
import type { Invocation, PhpRun } from './invocation.ts';

/** What the process is started with, as JSON. */
export type IgorProcessData = { phpVersion: PhpVersion; folder: string; deadline: number };

const data = JSON.parse(process.argv[2] ?? '') as IgorProcessData;
type NodePlatform = Awaited<ReturnType<typeof createNodePlatform>>;
const platforms = new Map<string, Promise<NodePlatform>>();

function platformOf(extensions: readonly PhpExtension[]): Promise<NodePlatform> {
	const key = extensions.join();
	let platform = platforms.get(key);
	if (platform === undefined) {
		platform = createNodePlatform({
			phpVersion: data.phpVersion,
			extensions,
			env: {},
			phpIni: {},
			baseIni: '',
			visiblePaths: [data.folder],
			network: parseNetwork({ listen: ['*:*', 'unix:*'] }),
			processes: ['*'],
			interactive: true,
			commandLine: true,
		});
		platforms.set(key, platform);
	}
	return platform;
}

/**
 * Runs PHP's command line on a new thread: what `igor php-cli` does, in a process that goes on. What PHP writes goes to the
 * standard streams of the process, whose other end knows which run it belongs to.
 */
async function run({ args, env, extensions }: Invocation): Promise<Omit<PhpRun, 'output'>> {
	const platform = await platformOf(extensions as PhpExtension[]);
	const signal = AbortSignal.timeout(data.deadline);
	const outcome = await runOnThread(platform.threads, {
		args,
		folder: data.folder,
		ownEnv: env,
		noSidekicks: '',
		signal,
	});
	if (signal.aborted) return { ending: 'timeout' };
	if (outcome.kind === 'exit') return { ending: 'exit', detail: `status ${outcome.status}` };
	return { ending: 'crash', detail: outcome.message ?? 'the thread was lost' };
}

process.on('message', async (invocation: Invocation) => {
	const result = await run(invocation).catch((error: unknown) => ({ ending: 'crash', detail: String(error) }));
	process.send?.(result);
});
process.once('disconnect', async () => {
	for (const platform of platforms.values()) await (await platform).dispose();
	process.exit();
});
