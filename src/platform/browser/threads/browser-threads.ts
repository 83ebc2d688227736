import { wrap } from 'comlink';
import type { NetworkRules } from '../../../config/network-rules.ts';
import { type RequestEnv, requestEnv } from '../../../php-thread/request-env.ts';
import type { ThreadBuffers, ThreadControl, ThreadEvent } from '../../../php-thread/thread-messages.ts';
import type { SharedFiles } from '../../../shared-memory/files/shared-files.ts';
import type { PlatformThread, ThreadFactory, ThreadListener } from '../../../threads/thread-port.ts';
import type { PhpBinaries } from './browser-binaries.ts';
import { createOutputBuffer, outputArrived } from './piped-output.ts';

/** What a web worker gets as its first message. */
export type PhpThreadData = Omit<PhpBinaries, 'version'> & {
	env: Record<string, string>;
	/** What requests see in place of the thread's own variables. */
	requestEnv: RequestEnv;
	files: SharedArrayBuffer;
	folders: readonly string[];
	processId: number;
	/** Where PHP may connect to and listen; undefined = the default. */
	network: NetworkRules | undefined;
	buffers: ThreadBuffers;
	control: MessagePort;
	/** Name of the web lock that it holds as long as it lives. */
	life: string;
	/** Of a thread that runs PHP's own command line: see `createOutputBuffer()`. */
	output: SharedArrayBuffer | undefined;
};

/** What a web worker says before it boots: it holds its lock. */
export type AliveMessage = { type: 'alive' };

/**
 * When a terminated web worker that still has its lock is assumed to be gone, milliseconds. Chromium lets busy ones go on
 * for 2000.
 */
const END_LIMIT = 3000;

/** Threads that get roles, and those that run PHP's own command line. Their ids are of one series. */
export type BrowserThreads = { threads: ThreadFactory; commandLines: ThreadFactory };

/**
 * Starts PHP threads as module web workers. The caller's thread must never block.
 *
 * @param script what they run; it loads while the binaries may still be loading
 */
export function createBrowserThreads(
	script: URL,
	binaries: Promise<PhpBinaries>,
	settings: {
		env: Record<string, string>;
		files: SharedFiles;
		folders: readonly string[];
		network: NetworkRules | undefined;
		/** The whole php.ini, made from the shipped one. */
		ini(shipped: string): string;
		/** Called when PHP has started on a thread that gets roles. */
		onBooted: () => void;
	},
): BrowserThreads {
	const server = `igor-${crypto.randomUUID()}`;
	let threads = 0;
	const factory = (isCommandLine: boolean): ThreadFactory => ({
		start(buffers: ThreadBuffers, env: Readonly<Record<string, string>>, listener: ThreadListener): PlatformThread {
			const output = isCommandLine ? createOutputBuffer() : undefined;
			const processId = ++threads;
			const life = `${server}-${processId}`;
			const worker = new Worker(script, { type: 'module', name: `php ${processId}` });
			const { port1, port2 } = new MessageChannel();
			const control = wrap<ThreadControl>(port1);
			const ended = Promise.withResolvers<void>();
			let isOver = false;
			/** `isGone` false = it may go on for a moment. */
			const end = (reason: string | undefined, isGone: boolean): void => {
				if (isOver) return;
				isOver = true;
				worker.terminate();
				port1.close();
				settings.files.releaseThread(processId, isGone);
				listener.ended(reason, isGone);
				ended.resolve();
			};
			worker.onmessage = ({ data }: MessageEvent<ThreadEvent | AliveMessage>) => {
				if (data?.type === 'booted' && !isCommandLine) settings.onBooted();
				if (data?.type !== 'alive') listener.event(data);
				if (data?.type === 'output' && output !== undefined) outputArrived(output, data.bytes.length);
				// Granted only when the web worker is really gone, even if the browser has ended it.
				if (data?.type === 'alive') void whenReleased(life).then(() => end('the browser ended the thread', true));
			};
			worker.onerror = (event) => {
				event.preventDefault();
				const message = event.message || `${script} could not be loaded`;
				worker.terminate();
				// If it got its lock, its end shows by that.
				setTimeout(end, END_LIMIT, message, false);
			};
			const begin = ({ module, extension, ini, tls }: PhpBinaries): void => {
				if (isOver) return;
				const data: PhpThreadData = {
					module,
					extension,
					tls,
					ini: settings.ini(ini),
					network: settings.network,
					files: settings.files.buffer,
					folders: settings.folders,
					env: { ...settings.env, ...env },
					requestEnv: requestEnv(settings.env, env),
					processId,
					buffers,
					control: port2,
					life,
					output,
				};
				worker.postMessage(data, [port2]);
			};
			binaries.then(begin, (error: Error) => end(error.message, true));
			return {
				id: processId,
				processId,
				assume: (role, opcache) => control.assume(role, opcache),
				terminate: () => {
					// A browser may let it go on for a moment: it must no longer touch the files.
					settings.files.releaseThread(processId);
					worker.terminate();
					const timer = setTimeout(end, END_LIMIT, undefined, false);
					void whenReleased(life).then(() => {
						clearTimeout(timer);
						end(undefined, true);
					});
					return ended.promise;
				},
			};
		},
	});
	return { threads: factory(false), commandLines: factory(true) };
}

/** Resolves when nobody holds the lock (any more). */
function whenReleased(name: string): Promise<void> {
	return navigator.locks.request(name, () => {});
}
