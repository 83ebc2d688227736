import { parseNetwork } from '../../src/config/network-rules.ts';
import type { PhpExtension, PhpVersion } from '../../src/config/values.ts';
import { runOnThread } from '../../src/platform/node/server/php-cli.ts';
import { createNodePlatform } from '../../src/platform/node/threads/node-platform.ts';
import type { Invocation, PhpRun } from './invocation.ts';

/** What the process is started with, as JSON. */
export type IgorProcessData = { phpVersion: PhpVersion; folder: string; deadline: number; mostOutput: number };

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
			commandLine: 'posts',
		});
		platforms.set(key, platform);
	}
	return platform;
}

/** Runs PHP's command line on a new thread: what `igor php-cli` does, in a process that goes on. */
async function run({ args, env, stdout, stderr, extensions }: Invocation): Promise<PhpRun> {
	const platform = await platformOf(extensions as PhpExtension[]);
	const deadline = new AbortController();
	const timer = setTimeout(() => deadline.abort(), data.deadline);
	const chunks: Uint8Array[] = [];
	let length = 0;
	try {
		const outcome = await runOnThread(
			platform.threads,
			{ args, folder: data.folder, ownEnv: env, signal: deadline.signal },
			(stream, bytes) => {
				if (!(stream === 1 ? stdout : stderr)) return;
				chunks.push(bytes);
				length += bytes.length;
				if (length > data.mostOutput) deadline.abort();
			},
		);
		const output = Buffer.concat(chunks).toString('latin1');
		if (deadline.signal.aborted) return { output, ending: 'timeout' };
		if (outcome.kind === 'exit') return { output, ending: 'exit', detail: `status ${outcome.status}` };
		return { output, ending: 'crash', detail: outcome.message ?? 'the thread was lost' };
	} finally {
		clearTimeout(timer);
	}
}

process.on('message', async (invocation: Invocation) => {
	const result = await run(invocation).catch(
		(error: unknown): PhpRun => ({ output: '', ending: 'crash', detail: String(error) }),
	);
	process.send?.(result);
});
process.once('disconnect', async () => {
	for (const platform of platforms.values()) await (await platform).dispose();
	process.exit();
});
