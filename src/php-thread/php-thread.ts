import type { NetworkRules } from '../config/network-rules.ts';
import { PHP_LEVEL } from '../log/php-log.ts';
import { FileLocks } from '../shared-memory/file-locks.ts';
import { FramePipe } from '../shared-memory/frame-pipe.ts';
import { OutdatedCode } from '../shared-memory/outdated-code.ts';
import { RequestRing } from '../shared-memory/request-ring.ts';
import { RequestSlots } from '../shared-memory/request-slots.ts';
import { SidekickBoard } from '../shared-memory/sidekick-board.ts';
import { boardOwner } from '../shared-memory/task-seats.ts';
import { TaskTable } from '../shared-memory/task-table.ts';
import { ThreadCell } from '../shared-memory/thread-cell.ts';
import {
	ENTRY_BACKGROUND,
	ENTRY_CLASSIC,
	ENTRY_OPCACHE,
	ENTRY_REHEARSAL,
	ENTRY_SIDEKICK,
	ENTRY_WORKER,
} from './abi/host-imports.ts';
import type { WasmMemory } from './abi/wasm-memory.ts';
import { bootPhp } from './boot.ts';
import { networkWithEditor } from './debugging/editor-network.ts';
import type { ShownFolder } from './debugging/shown-paths.ts';
import { createHostFunctions, type HostContext } from './host-functions.ts';
import { createFileLocking, type FileLockingOptions } from './locks/file-locking.ts';
import { OpcacheSegment, SEGMENT_FACTS } from './opcache-segment.ts';
import type { PhpInstance, PhpInstanceOptions } from './php-instance.ts';
import { encodeRequestEnv, type RequestEnv } from './request-env.ts';
import { Serving } from './serving.ts';
import { SidekickReadiness } from './sidekick-readiness.ts';
import { SidekickReading } from './sidekick-reading.ts';
import type { NetworkPort } from './sockets/network-port.ts';
import { restrictNetwork } from './sockets/restricted-network.ts';
import { ThreadTasks } from './tasks/thread-tasks.ts';
import type { Role, ThreadBuffers, ThreadControl, ThreadEvent } from './thread-messages.ts';
import { ThreadTrace } from './thread-trace.ts';
import { TracedTaskTable } from './traced-tasks.ts';
import { rehearsalBoard, warmUpPublication } from './warm-up.ts';

/** What the platform gives to a thread beside the shared buffers. */
export type PhpThreadOptions = Omit<
	PhpInstanceOptions,
	| 'host'
	| 'sockets'
	| 'signals'
	| 'warn'
	| 'lockFiles'
	| 'sleep'
	| 'armLimit'
	| 'output'
	| 'missed'
	| 'onMemory'
	| 'onMemorySize'
> & {
	buffers: ThreadBuffers;
	osLocks?: FileLockingOptions['osLocks'];
	/** What requests see in place of the thread's own variables; missing = it has none. */
	requestEnv?: RequestEnv;
	/** Creates the network for sockets; missing = this host has none. `log` takes warnings about the running request. */
	network?(log: (message: string) => void): NetworkPort;
	/** Where PHP may connect to and listen; undefined = the default. */
	networkRules?: NetworkRules | undefined;
	/** The folders that an editor knows by other paths than PHP; missing = none. */
	shownFolders?: readonly ShownFolder[] | undefined;
	post(event: ThreadEvent): void;
};

/** Boots PHP on this thread and returns the control that the main thread uses. Rejects when PHP cannot start. */
export async function startPhpThread(options: PhpThreadOptions): Promise<ThreadControl> {
	const { buffers, post } = options;
	const cell = new ThreadCell(buffers.cell);
	const board = new SidekickBoard(buffers.board);
	const trace = buffers.trace && new ThreadTrace(buffers.trace, cell);
	const locks = new FileLocks(buffers.fileLocks, options.threadId);
	const logAt = (level: number) => (message: string) =>
		post({ type: 'log', level, message, context: undefined, request: cell.currentRequest });
	const warn = logAt(PHP_LEVEL.warning);
	const doorbell = () => {
		if (cell.ringDoorbell()) post(null);
	};
	const serving = new Serving(
		cell,
		new RequestSlots(buffers.slots),
		new FramePipe(buffers.responsePipe),
		new FramePipe(buffers.bodyPipe),
		doorbell,
		warn,
		(reason, served) => post({ type: 'worn', reason, served }),
		trace,
	);
	const readiness = new SidekickReadiness(board, post);
	const reading = new SidekickReading(board, cell, readiness, post, trace);
	const { board: shared, taskSeat } = buffers;
	const table = trace ? new TracedTaskTable(shared.tasks, taskSeat, trace) : new TaskTable(shared.tasks, taskSeat);
	const tasks = new ThreadTasks(table, taskSeat, {
		board,
		cell,
		reading,
		memory: () => context.memory(),
		ownHandle: () => context.run.handle,
		ticked: () => context.run.ticked(),
		rests: () => {
			if (context.run.rests()) cell.armLimit(0);
		},
	});
	/** Never notified: it is for sleeping. */
	const nap = new Int32Array(new SharedArrayBuffer(4));
	let memory: WasmMemory | undefined;
	const context: HostContext = {
		memory: () => memory as WasmMemory,
		entries: new Map(),
		cell,
		board,
		rehearsal: rehearsalBoard(buffers.board.tasks),
		outdated: new OutdatedCode(buffers.outdatedCode, options.threadId),
		opcache: undefined,
		serving,
		reading,
		tasks: tasks.handles,
		trace,
		requestEnv: encodeRequestEnv(options.requestEnv ?? {}),
		run: readiness,
		boardOwner: boardOwner(taskSeat, options.threadId),
		post,
	};
	const restriction = options.network && restrictNetwork(options.network(warn), options.networkRules);
	const php = await bootPhp({
		...options,
		host: createHostFunctions(context),
		sockets: restriction && {
			refusal: restriction.refusal,
			network: networkWithEditor(restriction, options.shownFolders ?? []),
			cell,
			refused: warn,
			alarm: tasks.waiting,
		},
		signals: tasks.signals,
		warn,
		lockFiles: (userSpace, unmap) =>
			createFileLocking(userSpace, {
				locks,
				cell,
				thread: options.threadId,
				memory: context.memory,
				unmap,
				osLocks: options.osLocks,
			}),
		sleep: (milliseconds) => {
			cell.blocked = true;
			Atomics.wait(nap, 0, 0, milliseconds);
			cell.blocked = false;
		},
		armLimit: (milliseconds) => cell.armLimit(milliseconds),
		missed: (path) => post({ type: 'missed', path }),
		output: (stream, bytes) => post({ type: 'output', stream, bytes }),
		onMemory: (started) => {
			memory = started;
		},
		onMemorySize: (bytes) => {
			cell.memory = bytes;
		},
	});
	// PHP has grown while it started, which is noticed by looking.
	void context.memory().bytes;
	warmUpPublication(context.rehearsal);
	// Without entries PHP starts with its role: a command line.
	const rehearsal = context.entries.get(ENTRY_REHEARSAL);
	if (rehearsal !== undefined) await php.call(rehearsal, php.string(php.visible[0] ?? ''));
	const opcache = openOpcache(php, context, options.isZero, buffers.opcacheKnown);
	return {
		assume: async (role, compiled) => {
			if (compiled !== undefined) opcache?.adopt(compiled);
			context.opcache = 'ring' in role ? opcache : undefined;
			reading.waiter = role.kind === 'sidekick' ? { name: role.name, seat: role.seat } : undefined;
			context.run.begin(role);
			tasks.serve(role.kind === 'sidekick' ? role.handle : undefined);
			if ('ring' in role) serving.serve(new RequestRing(role.ring), role.maxRequests, role.maxMemory);
			else serving.serve(undefined);
			try {
				const status = await run(php, context.entries, role);
				tasks.serve(undefined);
				await php.endPrograms();
				post({ type: 'roleEnded', outcome: { kind: 'exit', status } });
			} catch (error) {
				post({
					type: 'roleEnded',
					outcome: { kind: 'trap', message: error instanceof Error ? String(error) : JSON.stringify(error) },
				});
			}
		},
	} satisfies ThreadControl;
}

/** Undefined = opcache is off, or not as we know it. */
function openOpcache(
	php: PhpInstance,
	{ entries, memory, outdated, post }: HostContext,
	isZero: ((bytes: Uint8Array) => boolean) | undefined,
	known: SharedArrayBuffer,
): OpcacheSegment | undefined {
	const describe = entries.get(ENTRY_OPCACHE);
	if (describe === undefined) return undefined;
	const facts = php.string(' '.repeat(SEGMENT_FACTS));
	if (php.callNow(describe, facts) === 0) return undefined;
	return new OpcacheSegment(facts, {
		memory,
		isZero,
		known,
		heard: () => outdated.heard,
		hearFrom: (number) => outdated.hearFrom(number),
		offer: (copy) => post({ type: 'opcache', copy }),
	});
}

function run(php: PhpInstance, entries: Map<number, number>, role: Role): Promise<number> {
	const entry = (number: number): number => {
		const index = entries.get(number);
		if (index === undefined) {
			throw new Error(
				'The frankenphp extension did not start: its .so does not fit this PHP. Run "npm run wasm:build".',
			);
		}
		return index;
	};
	switch (role.kind) {
		case 'classic':
			return php.call(entry(ENTRY_CLASSIC));
		case 'worker':
			return php.call(entry(ENTRY_WORKER), php.string(role.script));
		case 'sidekick':
			return php.call(
				entry(role.isBackground ? ENTRY_BACKGROUND : ENTRY_SIDEKICK),
				php.string(role.script),
				php.string(role.name),
			);
		case 'cli':
			php.changeFolder(role.folder);
			return php.commandLine(role.args);
	}
}
