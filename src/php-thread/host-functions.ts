import type { OutdatedCode } from '../shared-memory/outdated-code.ts';
import type { SidekickBoard } from '../shared-memory/sidekick-board.ts';
import type { ThreadCell } from '../shared-memory/thread-cell.ts';
import type { Asking } from '../sidekicks/definition.ts';
import type { HostImports, PartsImports } from './abi/host-imports.ts';
import type { WasmMemory } from './abi/wasm-memory.ts';
import type { OpcacheSegment } from './opcache-segment.ts';
import type { Serving } from './serving.ts';
import type { SidekickReadiness } from './sidekick-readiness.ts';
import type { SidekickReading } from './sidekick-reading.ts';
import type { TaskHandles } from './tasks/task-imports.ts';
import type { ThreadEvent } from './thread-messages.ts';
import type { ThreadTrace } from './thread-trace.ts';

/** Shorter sleeps spin, milliseconds: Atomics.wait would round them down to nothing. */
const SHORTEST_WAIT = 1;
/** The most output that one message carries, bytes. */
const OUTPUT_CHUNK = 64 * 1024;

/** What igor_host_outdated_next() returns. */
const OUTDATED_NOTHING = 0;
const OUTDATED_FILE = 1;
const OUTDATED_ALL = 2;

/** As `enum igor_asking` numbers them. */
const ASKING: readonly Asking[] = ['sidekick', 'vars', 'worker'];

/** What the host functions work on; `memory` exists once the instance does. */
export type HostContext = {
	memory(): WasmMemory;
	entries: Map<number, number>;
	cell: ThreadCell;
	board: SidekickBoard;
	/** Takes what is published while no sidekick runs. */
	rehearsal: SidekickBoard;
	outdated: OutdatedCode;
	/** Undefined = there is none to copy, or PHP has not started yet. */
	opcache: OpcacheSegment | undefined;
	serving: Serving;
	reading: SidekickReading;
	tasks: TaskHandles;
	trace: ThreadTrace | undefined;
	/** Its number, which is not 0. */
	boardOwner: number;
	/** By encodeRequestEnv(). */
	requestEnv: Uint8Array;
	/** The sidekick that runs here. */
	run: SidekickReadiness;
	post(event: ThreadEvent): void;
};

/** Builds the functions that C imports. They run on the PHP thread; none of them throws. */
export function createHostFunctions(context: HostContext): Omit<HostImports, keyof PartsImports> {
	const { cell, board, rehearsal, outdated, serving, reading, run, trace } = context;
	const announce = trace && ((version: number, first: boolean) => trace.published(run.handle, version, first));
	let lastError = '';
	const names = new TextDecoder();

	const decodeNames = (pointer: number, count: number): string[] => {
		const { bytes, view } = context.memory();
		const result: string[] = [];
		let at = pointer;
		for (let i = 0; i < count; i++) {
			const length = view.getUint32(at, true);
			result.push(names.decode(bytes.subarray(at + 4, at + 4 + length)));
			at += 4 + length;
		}
		return result;
	};

	return {
		...context.tasks.imports((message) => {
			lastError = message;
		}),
		igor_host_register: (entry, functionIndex) => {
			context.entries.set(entry, functionIndex);
		},
		igor_host_next_request: (head) => {
			context.opcache?.look();
			return serving.next(context.memory(), head);
		},
		igor_host_request_environment: (destination, capacity) => {
			const { length } = context.requestEnv;
			if (length <= capacity) context.memory().bytes.set(context.requestEnv, destination);
			return length;
		},
		igor_host_read_body: (destination, capacity) => serving.readBody(context.memory(), destination, capacity),
		igor_host_respond: (status, head, headLength, body, bodyLength, flags) =>
			serving.respond(context.memory(), status, head, headLength, body, bodyLength, flags),
		igor_host_worker_ready: () => {
			run.serves();
			context.post({ type: 'workerReady' });
		},

		igor_host_output: (stream, pointer, length) => {
			const { bytes } = context.memory();
			for (let at = pointer, end = pointer + length; at < end; at += OUTPUT_CHUNK) {
				context.post({ type: 'output', stream, bytes: bytes.slice(at, Math.min(end, at + OUTPUT_CHUNK)) });
			}
		},
		igor_host_log: (level, message, length, details, detailsLength) => {
			const memory = context.memory();
			const text = memory.text(message, length);
			context.post({
				type: 'log',
				level,
				message: text,
				context: detailsLength > 0 ? memory.text(details, detailsLength) : undefined,
				request: cell.currentRequest,
			});
		},

		igor_host_outdated_declare: (path, length, forced) => {
			const { bytes } = context.memory();
			outdated.declare(length === 0 ? 'all' : { path: bytes.slice(path, path + length), forced: forced !== 0 });
		},
		igor_host_outdated_next: (path, length, forced) => {
			const next = outdated.next();
			if (next === undefined) return OUTDATED_NOTHING;
			if (next === 'all') return OUTDATED_ALL;
			const { bytes, view } = context.memory();
			if (next.path.length > view.getUint32(length, true)) return OUTDATED_ALL;
			bytes.set(next.path, path);
			view.setUint32(length, next.path.length, true);
			view.setInt32(forced, next.forced ? 1 : 0, true);
			return OUTDATED_FILE;
		},

		igor_host_sidekick_resolve: (pointer, _length, count, what, timeout, handles) => {
			const asking = ASKING[what] ?? 'sidekick';
			const result = reading.resolve(decodeNames(pointer, count), asking, timeout);
			if (typeof result === 'string') {
				lastError = result;
				return -1;
			}
			const { view } = context.memory();
			for (const [i, handle] of result.entries()) view.setInt32(handles + i * 4, handle, true);
			return 0;
		},
		igor_host_sidekick_version: (handle) => board.version(handle),
		igor_host_sidekick_is_current: (handle) => (board.isCurrent(handle) ? 1 : 0),
		igor_host_sidekick_read: (handle, destination, length, version) =>
			reading.read(context.memory(), handle, destination, length, version),

		igor_host_sidekick_max_size: () => board.maxSnapshotSize,
		igor_host_sidekick_publish: (pointer, length) => {
			if (length > board.maxSnapshotSize) {
				lastError = `A snapshot of ${length} bytes is over max_snapshot_size (${board.maxSnapshotSize} bytes).`;
				return -1;
			}
			const bytes = context.memory().bytes.subarray(pointer, pointer + length);
			if (run.isShared) {
				const shared = run.publishShared(bytes);
				if (typeof shared === 'string') lastError = shared;
				return typeof shared === 'string' ? -1 : shared.changed ? 0 : 1;
			}
			const { handle } = run;
			const published =
				handle < 0
					? rehearsal.publish(rehearsal.handle(0), bytes, context.boardOwner, !run.isBackground)
					: board.publish(handle, bytes, context.boardOwner, !run.isBackground, announce);
			if (published === undefined) {
				lastError =
					'The variables were not published: another thread of this worker has been publishing for too long. Try again.';
				return -1;
			}
			run.published();
			return published.changed ? 0 : 1;
		},
		igor_host_should_stop: () => (cell.mustStop ? 1 : 0),

		igor_host_sleep: (milliseconds) => {
			const end = performance.now() + milliseconds;
			cell.blocked = true;
			for (;;) {
				const left = end - performance.now();
				if (left <= 0 || cell.mustStop) break;
				if (left >= SHORTEST_WAIT) cell.sleep(left);
			}
			cell.blocked = false;
			return Math.max(0, end - performance.now());
		},
		igor_host_error: (destination, capacity) => context.memory().writeText(destination, capacity, lastError),
	};
}
