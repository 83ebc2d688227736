import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import { wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import type { RunningScope } from '../../../src/application/scope.ts';
import { startScope } from '../../../src/application/start-scope.ts';
import { resolveOptions } from '../../../src/config/resolve-options.ts';
import type { PhpVersion, ServeOptions, Server } from '../../../src/index.ts';
import { preparePhp } from '../../../src/php-binary/prepare-php.ts';
import type { ThreadControl, ThreadEvent } from '../../../src/php-thread/thread-messages.ts';
import { createOptionsHost } from '../../../src/platform/node/config/node-options-host.ts';
import { operatorPorts } from '../../../src/platform/node/network/operator-ports.ts';
import { openServer } from '../../../src/platform/node/server/open-server.ts';
import { loadPhpBinaries, type PhpBinaries } from '../../../src/platform/node/threads/node-binaries.ts';
import { byteStrings } from '../../../src/platform/node/threads/node-byte-strings.ts';
import type { PhpThreadData } from '../../../src/platform/node/threads/node-threads.ts';
import { findPhp } from '../../../src/platform/node/threads/php-packages.ts';
import type { ThreadFactory } from '../../../src/threads/thread-port.ts';
import { CapturingLogger } from '../../support/capturing-logger.ts';
import { eventually } from '../../support/eventually.ts';
import type { MemoryReport } from './debug-allocator.ts';
import { redirectAllocator } from './redirect-allocator.ts';
import type { MemoryMessage } from './thread.ts';

const THREAD = fileURLToPath(new URL('thread.ts', import.meta.url));

/**
 * `leaks`: PHP's own memory manager is off, and nothing is freed but by whoever allocated it. `uses`: it is off, but at the
 * end of a request all that is left goes, as ever; so what is used later is found out.
 */
export type Hunt = 'leaks' | 'uses';
const ENVIRONMENT: Record<Hunt, Record<string, string>> = {
	leaks: { USE_ZEND_ALLOC: '0' },
	uses: { USE_ZEND_ALLOC: '0', USE_TRACKED_ALLOC: '1' },
};

/** PHP on an allocator that finds faults, and what it found. */
export class WatchedApplication implements AsyncDisposable {
	readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'igor-memory-')));
	readonly log = new CapturingLogger();
	/** Of each serving thread by its id, one for each request that it has ended, and one for its start. */
	readonly reports = new Map<number, MemoryReport[]>();
	application!: RunningScope;
	server!: Server;

	static async start(
		files: Record<string, string>,
		php: PhpVersion,
		hunt: Hunt,
		{ workers = [], sidekickEntrypoint, ...options }: ServeOptions = {},
	): Promise<WatchedApplication> {
		const watched = new WatchedApplication();
		const inFolder = (name: string) => join(watched.folder, name);
		for (const [name, content] of Object.entries(files)) {
			mkdirSync(dirname(inFolder(name)), { recursive: true });
			writeFileSync(inFolder(name), content);
		}
		const resolved = resolveOptions(
			{
				...options,
				php,
				listen: false,
				threads: 1,
				root: watched.folder,
				workers: workers.map((worker) =>
					typeof worker === 'string' ? inFolder(worker) : { ...worker, file: inFolder(worker.file) },
				),
				...(sidekickEntrypoint !== undefined && { sidekickEntrypoint: inFolder(sidekickEntrypoint) }),
			},
			createOptionsHost(),
		);
		const platform = {
			threads: watched.#threads(await binariesOf(php), hunt),
			byteStrings,
			startsInTurn: false,
			entrypointProblem: () => undefined,
		};
		watched.application = await startScope(resolved, platform, watched.log);
		watched.server = await openServer(resolved, watched.application, watched.log);
		const serving = 1 + workers.length;
		await eventually('the first reports', () => watched.reports.size === serving);
		return watched;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.server.close();
		rmSync(this.folder, { recursive: true, force: true });
	}

	#threads(binaries: PhpBinaries, hunt: Hunt): ThreadFactory {
		let processId = 0;
		return {
			start: (buffers, env, listener) => {
				processId++;
				const { port1, port2 } = new MessageChannel();
				const data: PhpThreadData = {
					...binaries,
					requestEnv: {},
					env: { ...ENVIRONMENT[hunt], ...env },
					folders: [{ host: this.folder, visible: this.folder }],
					territory: [this.folder],
					reserved: [],
					guarded: [],
					umask: process.umask(),
					phpBinary: undefined,
					certificates: new Uint8Array(),
					network: undefined,
					operatorPorts: operatorPorts.buffer,
					processes: undefined,
					children: undefined,
					processId,
					buffers,
					control: port2,
					codeCache: undefined,
				};
				const worker = new Worker(THREAD, {
					workerData: data,
					transferList: [port2],
					env: {},
					resourceLimits: { stackSizeMb: 4 },
				});
				const control = wrap<ThreadControl>(nodeEndpoint(port1));
				const { threadId } = worker;
				let failure: string | undefined;
				worker.on('message', (event: ThreadEvent | MemoryMessage) => {
					if (event?.type !== 'memory') return listener.event(event);
					const reports = this.reports.get(threadId) ?? [];
					this.reports.set(threadId, [...reports, event.report]);
				});
				worker.on('error', (error) => {
					failure = String(error);
				});
				worker.on('exit', () => {
					port1.close();
					listener.ended(failure, true);
				});
				return {
					id: threadId,
					processId,
					assume: (role) => control.assume(role),
					terminate: async () => {
						await worker.terminate();
					},
				};
			},
		};
	}
}

const loaded = new Map<PhpVersion, Promise<PhpBinaries>>();

function binariesOf(php: PhpVersion): Promise<PhpBinaries> {
	const known = loaded.get(php) ?? load(php);
	loaded.set(php, known);
	return known;
}

async function load(php: PhpVersion): Promise<PhpBinaries> {
	const binaries = await loadPhpBinaries(php, []);
	const other = process.env.IGOR_EXTENSION;
	const extension = other === undefined ? binaries.extension : readFileSync(other);
	const binary = redirectAllocator(await readFile((await findPhp('node', php)).binary));
	return { ...binaries, extension, module: await WebAssembly.compile(preparePhp(binary, [extension])) };
}
