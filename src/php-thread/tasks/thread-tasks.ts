import type { SidekickBoard } from '../../shared-memory/sidekick-board.ts';
import type { TaskTable } from '../../shared-memory/task-table.ts';
import type { ThreadCell } from '../../shared-memory/thread-cell.ts';
import type { WasmMemory } from '../abi/wasm-memory.ts';
import type { HandleSignals } from '../sockets/signal.ts';
import { ReceivedTasks } from './received-tasks.ts';
import { SentTasks, type WorkerNames } from './sent-tasks.ts';
import { TaskHandles } from './task-imports.ts';
import { TaskWaiting } from './task-waiting.ts';

/** What tasks need of their thread. */
export type ThreadTasksContext = {
	board: SidekickBoard;
	cell: ThreadCell;
	reading: WorkerNames;
	memory(): WasmMemory;
	/** Handle of the sidekick that runs here; -1 = none. */
	ownHandle(): number;
	/** Hears of each tick. */
	ticked(): void;
	/** Hears of each wait that counts as one. */
	rests(): void;
};

/** The tasks of one PHP thread, on both sides. */
export class ThreadTasks {
	readonly waiting: TaskWaiting;
	readonly handles: TaskHandles;
	readonly signals: HandleSignals;
	readonly #table: TaskTable;
	readonly #seat: number;

	constructor(table: TaskTable, seat: number, context: ThreadTasksContext) {
		const { cell, memory } = context;
		const waiting = new TaskWaiting(table.seats, seat, cell);
		const sent = new SentTasks({ ...context, table, waiting, seat });
		const received = new ReceivedTasks({ ...context, table, waiting, seat });
		this.#table = table;
		this.#seat = seat;
		this.waiting = waiting;
		this.handles = new TaskHandles({
			memory,
			sent,
			received,
			largest: table.largest,
			payloadLength: (ticket) => table.slots.payloadLength(ticket),
			takePayload: (ticket, target) => table.slots.takePayload(ticket, target),
			currentRequest: () => cell.currentRequest,
		});
		this.signals = {
			begin: () => received.begin(),
			worker: (isQuiet) => received.workerSignal(isQuiet),
			task: (id) => this.handles.signal(id),
			tick: () => {
				context.ticked();
				return received.tick();
			},
		};
	}

	/** The thread has a role; undefined = one that receives no tasks. */
	serve(queue: number | undefined): void {
		this.#table.seats.serve(this.#seat, queue);
	}
}
