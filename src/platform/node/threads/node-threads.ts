import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import type { NetworkRules } from '../../../config/network-rules.ts';
import { type RequestEnv, requestEnv } from '../../../php-thread/request-env.ts';
import type { ThreadBuffers, ThreadControl, ThreadEvent } from '../../../php-thread/thread-messages.ts';
import type { PlatformThread, ThreadFactory, ThreadListener } from '../../../threads/thread-port.ts';
import type { HiddenPaths } from '../files/hidden-paths.ts';
import type { HostFolder } from '../files/host-folders.ts';
import type { GuardedFolders } from '../files/read-only-folders.ts';
import { type Reserved, reserved } from '../files/reserved.ts';
import type { Territory } from '../files/root-folder.ts';
import { territory } from '../files/territory.ts';
import { operatorPorts } from '../network/operator-ports.ts';
import { ProgramsOfThread } from '../processes/end-programs.ts';
import type { ProcessSettings } from '../processes/node-processes.ts';
import { codeCacheFolder } from './code-cache.ts';
import { processFlags, setEngineFlags, THREAD_FLAGS } from './engine-flags.ts';
import type { Glue } from './glue.ts';
import type { PhpBinaries } from './node-binaries.ts';

/** What a worker thread gets when it starts. */
export type PhpThreadData = PhpBinaries & {
	env: Record<string, string>;
	/** What requests see in place of the thread's own variables. */
	requestEnv: RequestEnv;
	folders: HostFolder[];
	/** Real paths of what any PHP of this process can write, byte strings. */
	territory: Territory;
	/** What PHP must not change. */
	reserved: Reserved;
	/** Which of the folders are read-only. */
	guarded: GuardedFolders;
	/** Of this process. */
	umask: number;
	/** PEM, in shared memory. */
	certificates: Uint8Array;
	/** Where PHP may connect to and listen; undefined = the default. */
	network: NetworkRules | undefined;
	/** Of ClosedPorts. */
	operatorPorts: SharedArrayBuffer;
	/** Programs that PHP may run; undefined = none. */
	processes: ProcessSettings | undefined;
	/** The table of those that run. */
	children: SharedArrayBuffer | undefined;
	/** It runs PHP's own command line: what PHP_BINARY is there. Undefined = it gets roles. */
	phpBinary: string | undefined;
	processId: number;
	buffers: ThreadBuffers;
	control: MessagePort;
	/** See `codeCacheFolder()`. */
	codeCache: string | undefined;
};

/** Stack of a PHP thread, MB: deep recursion in C code must end in a trap of that thread, not of the process. */
const STACK_MEGABYTES = 4;

/**
 * Young objects of a PHP thread, MB: what it makes for a request is little and is gone with it. With V8's default the heap
 * of an idle thread keeps 4 MB more; requests are answered as fast.
 */
const YOUNG_MEGABYTES = 2;

/**
 * Built by `npm run build`: few files, because resolving modules costs a thread more than running them, and of CommonJS,
 * whose loader is there sooner.
 */
const THREAD_FILE = fileURLToPath(new URL('./thread-entry.cjs', import.meta.url));

/** What a thread that was begun early is told at once; PhpThreadData follows as a message. */
export type EarlyThreadData = Pick<PhpThreadData, 'glue' | 'codeCache'> & {
	isEarly: true;
	/** Flags of V8 that it sets before anything else, and says so by a first message; undefined = they are set. */
	flags: readonly string[] | undefined;
};

/** A thread that does not know yet what it is to run. */
export type EarlyThread = {
	readonly worker: Worker;
	/** V8's flags are set, by which PHP is compiled; or the thread has ended. */
	readonly flagged: Promise<void>;
};

/**
 * Begins a thread before it is known what it is to run: its code loads meanwhile.
 *
 * @param glue of its PHP
 */
export function beginThread(glue: Glue): EarlyThread {
	setEngineFlags(THREAD_FLAGS);
	const data: EarlyThreadData = { glue, codeCache: codeCacheFolder(), isEarly: true, flags: undefined };
	return { worker: newWorker(data), flagged: Promise.resolve() };
}

/**
 * As `beginThread`, for the only thread of a process without flags of V8. Node carries its own JavaScript compiled, for an
 * engine without flags; for any other, each new thread compiles it, which takes as long as the rest of its start. So this
 * thread sets the flags, once Node has started it.
 */
export function beginOnlyThread(glue: Glue): EarlyThread {
	const flags = [...processFlags(), ...THREAD_FLAGS];
	const data: EarlyThreadData = { glue, codeCache: codeCacheFolder(), isEarly: true, flags };
	const worker = newWorker(data);
	const flagged = new Promise<void>((resolve) => {
		for (const event of ['message', 'error', 'exit']) worker.once(event, () => resolve());
	});
	return { worker, flagged };
}

function newWorker(workerData: PhpThreadData | EarlyThreadData, transferList: MessagePort[] = []): Worker {
	const resourceLimits = { stackSizeMb: STACK_MEGABYTES, maxYoungGenerationSizeMb: YOUNG_MEGABYTES };
	return new Worker(THREAD_FILE, { workerData, transferList, env: {}, stdin: false, resourceLimits });
}

/**
 * Starts PHP threads as worker threads of Node.
 * @param early the first of them, which has been begun
 */
export function createNodeThreads(
	binaries: PhpBinaries,
	settings: Pick<
		PhpThreadData,
		'env' | 'folders' | 'umask' | 'certificates' | 'network' | 'processes' | 'ini' | 'phpBinary' | 'guarded'
	>,
	hidden: Pick<HiddenPaths, 'asked'>,
	early?: EarlyThread,
): ThreadFactory {
	let processId = 0;
	let begun = early?.worker;
	return {
		start(buffers: ThreadBuffers, env: Readonly<Record<string, string>>, listener: ThreadListener): PlatformThread {
			processId++;
			const { port1, port2 } = new MessageChannel();
			const programs = settings.processes && new ProgramsOfThread(settings.processes.interactive);
			const data: PhpThreadData = {
				...binaries,
				...settings,
				env: { ...settings.env, ...env },
				requestEnv: requestEnv(settings.env, env),
				territory: territory(),
				reserved: reserved(),
				operatorPorts: operatorPorts.buffer,
				processId,
				children: programs?.buffer,
				buffers,
				control: port2,
				codeCache: codeCacheFolder(),
			};
			// One that has ended meanwhile has no id.
			let worker = begun;
			begun = undefined;
			if (worker !== undefined && worker.threadId > 0) worker.postMessage(data, [port2]);
			else {
				setEngineFlags(THREAD_FLAGS);
				worker = newWorker(data, [port2]);
			}
			const control = wrap<ThreadControl>(nodeEndpoint(port1));
			let failure: string | undefined;
			worker.on('message', (event: ThreadEvent) => {
				if (event?.type === 'missed') hidden.asked(event.path);
				else listener.event(event);
			});
			worker.on('error', (error) => {
				failure = String(error);
			});
			worker.on('exit', () => {
				port1.close();
				programs?.end();
				listener.ended(failure, true);
			});
			return {
				id: worker.threadId,
				processId: data.processId,
				assume: (role, opcache) => control.assume(role, opcache),
				terminate: async () => {
					await worker.terminate();
				},
			};
		},
	};
}
