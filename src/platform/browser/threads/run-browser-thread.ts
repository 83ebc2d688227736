import { expose } from 'comlink';
import { CERTIFICATES_FILE } from '../../../config/trust.ts';
import type { EmscriptenFs, EmscriptenGlue } from '../../../php-thread/abi/emscripten.ts';
import { startPhpThread } from '../../../php-thread/php-thread.ts';
import { mountSharedFolder } from '../../../php-thread/shared-folder.ts';
import type { ThreadEvent } from '../../../php-thread/thread-messages.ts';
import { FileStore } from '../../../shared-memory/files/file-store.ts';
import { createBrowserNetwork } from '../network/browser-network.ts';
import type { AliveMessage, PhpThreadData } from './browser-threads.ts';
import { pipedStreams } from './piped-output.ts';

/** The web build of the glue refers to NODEFS when it starts, but lacks it: nothing here is on a host's disk. */
Object.assign(globalThis, { NODEFS: {} });

/** Runs a PHP thread in this web worker: waits for its data, boots PHP, then waits for roles. */
export function runPhpThread(glue: EmscriptenGlue): void {
	addEventListener('message', (event: MessageEvent<PhpThreadData>) => void boot(glue, event.data), { once: true });
}

async function boot(glue: EmscriptenGlue, data: PhpThreadData): Promise<void> {
	const post = (event: ThreadEvent | AliveMessage): void => postMessage(event);
	const started = performance.now();
	try {
		await holdUntilTheEnd(data.life);
		let disk: EmscriptenFs | undefined;
		post({ type: 'alive' });
		const control = await startPhpThread({
			glue,
			runtime: 'WORKER',
			module: data.module,
			extension: data.extension,
			extensions: [],
			ini: data.ini,
			env: data.env,
			requestEnv: data.requestEnv,
			threadId: data.processId,
			buffers: data.buffers,
			network: (log) =>
				createBrowserNetwork({
					tls: data.tls,
					restricted: data.network?.connect !== undefined,
					trust: (pem) => disk?.writeFile(CERTIFICATES_FILE, new TextEncoder().encode(pem)),
					log,
				}),
			networkRules: data.network,
			mount: (fs) => {
				disk = fs;
				const files = new FileStore(data.files, data.processId, true);
				for (const folder of data.folders) mountSharedFolder(fs, files, folder);
			},
			commandLine: data.output && pipedStreams(data.output, (stream, bytes) => post({ type: 'output', stream, bytes })),
			post,
		});
		expose(control, data.control);
		post({ type: 'booted', milliseconds: performance.now() - started });
	} catch (error) {
		post({ type: 'bootFailed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
	}
}

/** Takes a web lock that the browser releases when this web worker ends, however it ends. */
function holdUntilTheEnd(name: string): Promise<void> {
	return new Promise((resolve, reject) => {
		navigator.locks
			.request(name, () => {
				resolve();
				return new Promise(() => {});
			})
			.catch(reject);
	});
}
