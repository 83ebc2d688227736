import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { expose } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { CERTIFICATES_FILE } from '../../../config/trust.ts';
import type { EmscriptenGlue } from '../../../php-thread/abi/emscripten.ts';
import { CLEARED_BLOCK } from '../../../php-thread/cleared-memory.ts';
import { startPhpThread } from '../../../php-thread/php-thread.ts';
import type { ThreadEvent } from '../../../php-thread/thread-messages.ts';
import { ClosedPorts } from '../../../shared-memory/closed-ports.ts';
import { openHostFolders } from '../files/host-folders.ts';
import { createNodeNetwork } from '../network/node-network.ts';
import { operatorsAt } from '../network/operator-ports.ts';
import { tell } from '../operations/write-all.ts';
import { ChildTable } from '../processes/child-table.ts';
import { createNodeProcesses, showPrograms } from '../processes/node-processes.ts';
import { ICU_DATA, putIcuData } from './icu-data.ts';
import { createOsLocks } from './koffi-locks.ts';
import { nodeStandardStreams } from './node-standard-streams.ts';
import type { EarlyThreadData, PhpThreadData } from './node-threads.ts';

const STDERR = 2;
/** As much as is looked at together. */
const zeros = new Uint8Array(CLEARED_BLOCK);

/**
 * Boots PHP on this worker thread, which then waits for roles. Resolves when it has booted or failed, which the main thread
 * hears.
 *
 * @param loading PHP's glue
 */
export async function runNodeThread(loading: Promise<EmscriptenGlue>): Promise<void> {
	const begun = workerData as PhpThreadData | EarlyThreadData;
	const data = 'isEarly' in begun ? await firstMessage() : begun;
	const started = performance.now();
	const events = parentPort as MessagePort;
	const commandLine = data.phpBinary === undefined ? undefined : nodeStandardStreams();
	const post = (event: ThreadEvent): void => {
		// Among what PHP writes, in its order.
		if (commandLine !== undefined && event?.type === 'log') tell(STDERR, `${event.message}\n`);
		else events.postMessage(event);
	};

	try {
		const glue = await loading;
		const control = await startPhpThread({
			glue,
			runtime: 'NODE',
			module: data.module,
			extension: data.extension,
			extensions: data.extensions,
			ini: data.ini,
			env: data.icuData === undefined ? data.env : { ...data.env, ICU_DATA },
			requestEnv: data.requestEnv,
			threadId: data.processId,
			buffers: data.buffers,
			network: () => createNodeNetwork(operatorsAt(new ClosedPorts(data.operatorPorts))),
			osLocks: createOsLocks,
			isZero: (bytes) => Buffer.compare(bytes, zeros.subarray(0, bytes.length)) === 0,
			networkRules: data.network,
			shownFolders: data.folders,
			files: (memory) => openHostFolders(data.folders, data.territory, data.reserved, data.guarded, data.umask, memory),
			processes: data.processes &&
				data.children && {
					port: createNodeProcesses(data.processes, new ChildTable(data.children)),
					rules: data.processes.rules,
					php: data.processes.php,
				},
			mount: (fs) => {
				if (data.icuData !== undefined) putIcuData(fs, data.icuData);
				const { php, shown = [] } = data.processes ?? {};
				showPrograms(fs, [php?.shown ?? data.phpBinary, ...shown]);
				fs.writeFile(CERTIFICATES_FILE, data.certificates, { canOwn: true });
			},
			commandLine,
			phpBinary: data.phpBinary,
			post,
		});
		expose(control, nodeEndpoint(data.control));
		post({ type: 'booted', milliseconds: performance.now() - started });
	} catch (error) {
		post({ type: 'bootFailed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
	}
}

function firstMessage(): Promise<PhpThreadData> {
	return new Promise((resolve) => parentPort?.once('message', resolve));
}
