import { parentPort, workerData } from 'node:worker_threads';
import { expose } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { CERTIFICATES_FILE } from '../../../src/config/trust.ts';
import type { EmscriptenGlue } from '../../../src/php-thread/abi/emscripten.ts';
import { startPhpThread } from '../../../src/php-thread/php-thread.ts';
import type { ThreadEvent } from '../../../src/php-thread/thread-messages.ts';
import { openHostFolders } from '../../../src/platform/node/files/host-folders.ts';
import { loadGlue } from '../../../src/platform/node/threads/load-glue.ts';
import type { PhpThreadData } from '../../../src/platform/node/threads/node-threads.ts';
import { DamagedSnapshots } from './damaged-snapshots.ts';
import { DebugAllocator, type MemoryReport } from './debug-allocator.ts';
import { DAMAGE, PLANTED } from './planted.ts';
import { ALLOCATOR_MARK, ORIGINAL } from './redirect-allocator.ts';

/** A message of this thread beside its events: what the request that has ended left behind. */
export type MemoryMessage = { type: 'memory'; report: MemoryReport };

type Imports = { env: Record<string, (...args: number[]) => unknown> };
type Exports = Record<string, (value: number) => number> & { memory: WebAssembly.Memory };

/** Entry of a worker thread: PHP as ever, but on an allocator that finds faults. */
const data = workerData as PhpThreadData;
const events = parentPort;
if (events === null) throw new Error('This file is the entry of a worker thread.');
const post = (event: ThreadEvent | MemoryMessage): void => events.postMessage(event);
const ENOSYS = -52;

let allocator: DebugAllocator | undefined;
let exports: Exports | undefined;

function watch(imports: Imports): void {
	const { env } = imports;
	env.__syscall_sendto = (number = 0, a = 0, b = 0, c = 0, _d = 0, mark = 0) =>
		mark === ALLOCATOR_MARK ? (allocator as DebugAllocator).call(number, a, b, c) : ENOSYS;
	const { igor_host_next_request: next, igor_host_log: log } = env;
	env.igor_host_next_request = (...args) => {
		if (allocator !== undefined) {
			post({ type: 'memory', report: allocator.report() });
			allocator.takesStacks = data.env.USE_TRACKED_ALLOC === undefined;
		}
		return next?.(...args);
	};
	const snapshots = new DamagedSnapshots(env, () => (exports as Exports).memory);
	env.igor_host_log = (...args) => {
		const [, message = 0, length = 0] = args;
		if (exports === undefined) return log?.(...args);
		const text = new TextDecoder().decode(new Uint8Array(exports.memory.buffer, message, length));
		if (text === DAMAGE) snapshots.begin();
		else plant(text);
		return log?.(...args);
	};
}

function plant(text: string): void {
	const { malloc, free, memory } = exports as Exports;
	const wanted = Object.values(PLANTED).includes(text) ? malloc?.(123) : undefined;
	if (wanted === undefined || text === PLANTED.leak) return;
	free?.(wanted);
	if (text === PLANTED.twice) free?.(wanted);
	else new Uint8Array(memory.buffer)[wanted + 7] = 1;
}

try {
	const real = await loadGlue(data.glue, undefined).loading;
	const glue: EmscriptenGlue = {
		...real,
		init: (runtime, settings) =>
			real.init(runtime, {
				...settings,
				instantiateWasm: (imports, receive) =>
					settings.instantiateWasm(
						// What boot.ts adds comes later: it is wrapped when it is looked up.
						imports,
						(instance, module) => {
							exports = instance.exports as unknown as Exports;
							const original = (name: string) => exports?.[`${ORIGINAL}${name}`] as (value: number) => number;
							allocator = new DebugAllocator(exports.memory, { malloc: original('malloc'), free: original('free') });
							receive(instance, module);
						},
					),
			}),
	};
	const instantiate = WebAssembly.instantiate;
	// boot.ts completes the imports right before.
	WebAssembly.instantiate = ((module: WebAssembly.Module, imports: Imports) => {
		if (module === data.module) watch(imports);
		return instantiate(module, imports as unknown as WebAssembly.Imports);
	}) as typeof WebAssembly.instantiate;
	// Without sockets, whatever they may do.
	const { network: _, ...settings } = data;
	const control = await startPhpThread({
		...settings,
		glue,
		runtime: 'NODE',
		threadId: data.processId,
		files: (memory) => openHostFolders(data.folders, data.territory, data.reserved, data.guarded, data.umask, memory),
		processes: undefined,
		mount: (fs) => {
			fs.writeFile(CERTIFICATES_FILE, data.certificates, { canOwn: true });
		},
		post,
	});
	expose(control, nodeEndpoint(data.control));
	post({ type: 'booted', milliseconds: 0 });
} catch (error) {
	post({ type: 'bootFailed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
