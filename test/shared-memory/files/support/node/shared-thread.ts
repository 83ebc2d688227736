import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { expose } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { startPhpThread } from '../../../../../src/php-thread/php-thread.ts';
import { mountSharedFolder } from '../../../../../src/php-thread/shared-folder.ts';
import type { ThreadBuffers, ThreadEvent } from '../../../../../src/php-thread/thread-messages.ts';
import { loadGlue } from '../../../../../src/platform/node/threads/load-glue.ts';
import type { PhpBinaries } from '../../../../../src/platform/node/threads/node-binaries.ts';
import { FileStore } from '../../../../../src/shared-memory/files/file-store.ts';

/** What a thread of these tests gets when it starts. */
export type SharedThreadData = PhpBinaries & {
	env: Record<string, string>;
	files: SharedArrayBuffer;
	folders: string[];
	processId: number;
	buffers: ThreadBuffers;
	control: MessagePort;
};

/** Entry of a PHP thread that sees nothing of the host, only the shared files. */
const data = workerData as SharedThreadData;
const post = (event: ThreadEvent): void => parentPort?.postMessage(event);
try {
	const control = await startPhpThread({
		glue: await loadGlue(data.glue, undefined).loading,
		runtime: 'NODE',
		module: data.module,
		extension: data.extension,
		extensions: data.extensions,
		ini: data.ini,
		env: data.env,
		threadId: data.processId,
		buffers: data.buffers,
		mount: (fs) => {
			const files = new FileStore(data.files, data.processId, true);
			for (const folder of data.folders) mountSharedFolder(fs, files, folder);
		},
		post,
	});
	expose(control, nodeEndpoint(data.control));
	post({ type: 'booted', milliseconds: 0 });
} catch (error) {
	post({ type: 'bootFailed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
