import { NO_SEAT } from '../../shared-memory/task-seats.ts';
import type { TaskTable } from '../../shared-memory/task-table.ts';
import type { ThreadCell } from '../../shared-memory/thread-cell.ts';
import type { Signal } from '../sockets/signal.ts';
import * as texts from './task-texts.ts';
import type { TaskWaiting } from './task-waiting.ts';

/** One task, as its receiver's handle knows it. */
export type ReceivedTask = { ticket: number; end: 'over' | 'givenUp' | undefined };

/** What the receiver's side of a thread needs. */
export type ReceivedTasksContext = {
	table: TaskTable;
	waiting: TaskWaiting;
	cell: ThreadCell;
	seat: number;
	/** Handle of the sidekick that runs here; -1 = none. */
	ownHandle(): number;
	/** A script that knows no tick() has done what it had to do first: it waits for its end. */
	rests(): void;
};

/** Tasks that this thread receives, and the streams that tell of them. PHP thread. */
export class ReceivedTasks {
	readonly #context: ReceivedTasksContext;
	readonly #streams = new Set<WorkerSignal>();
	/** Those that are not over. */
	readonly #open = new Set<ReceivedTask>();
	#hasTicked = false;

	constructor(context: ReceivedTasksContext) {
		this.#context = context;
	}

	/** Tasks that this thread has, and streams that tell of them. For tests. */
	get open(): number {
		return this.#open.size + this.#streams.size;
	}

	/** A run begins. */
	begin(): void {
		this.#hasTicked = false;
		// A set that is emptied gets a new table, and the old one keeps it alive: nothing to do for nothing, per request.
		if (this.#streams.size > 0) this.#streams.clear();
	}

	/** The next task; undefined = there is none. Never blocks. What comes while the run has to end is for the next one. */
	receive(): ReceivedTask | undefined {
		const { table, cell, ownHandle } = this.#context;
		for (const stream of this.#streams) stream.rearm();
		// A loop that takes all there is would never end under load.
		if (cell.mustStop) return undefined;
		const ticket = table.take(ownHandle());
		if (ticket === undefined) return undefined;
		const task: ReceivedTask = { ticket, end: undefined };
		this.#open.add(task);
		return task;
	}

	/** Takes back what made the streams readable. False once the run has to end. */
	tick(): boolean {
		this.#hasTicked = true;
		this.#collect();
		for (const stream of this.#streams) stream.quiet();
		return !this.#context.cell.mustStop;
	}

	/** Sends an update; waits while 16 are unread. `isLast`: the end comes next. A string = why it cannot be sent. */
	update(task: ReceivedTask, bytes: () => Uint8Array, isLast: boolean): string | undefined {
		const { table, waiting, cell } = this.#context;
		for (;;) {
			if (task.end !== undefined) return task.end === 'over' ? texts.IS_OVER : texts.GIVEN_UP;
			const result = table.update(task.ticket, bytes(), isLast);
			if (result === 'done') return undefined;
			if (result === 'noRoom') return texts.noMemory('update');
			if (result !== 'full') return texts.GIVEN_UP;
			if (cell.mustStop) return texts.STOPPED_UPDATING;
			waiting.until(
				() => !table.isFull(task.ticket) || table.state(task.ticket) !== 'taken' || cell.mustStop,
				Infinity,
			);
		}
	}

	/** The receiver lets go. Nothing happens to a task that is over. */
	end(task: ReceivedTask, outcome: 'completed' | 'aborted'): void {
		if (task.end === undefined) this.#letGo(task, outcome);
		task.end = 'over';
	}

	/** Those that were given up need no slot any more, even if the script keeps their handles. */
	#collect(): void {
		for (const task of this.#open) {
			if (this.#context.table.state(task.ticket) !== 'abandoned') continue;
			this.#letGo(task, 'aborted');
			task.end = 'givenUp';
		}
	}

	#letGo(task: ReceivedTask, outcome: 'completed' | 'aborted'): void {
		this.#open.delete(task);
		this.#context.table.end(task.ticket, outcome);
	}

	/** What the stream of a task tells: that its sender has given up. */
	signal(task: ReceivedTask): Signal {
		const { table } = this.#context;
		return {
			readable: false,
			get ended() {
				return task.end !== undefined || table.state(task.ticket) !== 'taken';
			},
			consumed: () => {},
			closed: () => this.end(task, 'completed'),
		};
	}

	/** What a stream of a worker's handle tells. */
	workerSignal(isQuiet: boolean): Signal {
		const { table, cell, seat, ownHandle } = this.#context;
		const signal = new WorkerSignal({
			newest: (after) => {
				this.#collect();
				if (isQuiet) return undefined;
				return table.newest(ownHandle(), after);
			},
			isAtStart: () => !this.#hasTicked && !isQuiet,
			mustEnd: () => cell.mustStop,
			waits: (isWaiting) => !isQuiet && seat !== NO_SEAT && table.seats.setIdle(seat, isWaiting),
			rests: () => isQuiet && !cell.mustStop && this.#context.rests(),
			closed: () => this.#streams.delete(signal),
		});
		this.#streams.add(signal);
		return signal;
	}
}

type WorkerSignalContext = {
	newest(after: number | undefined): number | undefined;
	isAtStart(): boolean;
	mustEnd(): boolean;
	waits(isWaiting: boolean): void;
	rests(): void;
	closed(): void;
};

/**
 * Readable while there are tasks, so that no wake-up can be lost, with one exception: for a script that does not care.
 * What was shown to it, and what it then ticked or read away without a call of `receive()`, is not shown again.
 */
class WorkerSignal implements Signal {
	readonly #context: WorkerSignalContext;
	#startWasRead = false;
	#hasLooked = false;
	/** The newest task that the script has been shown, and the newest that it ignores. */
	#shown: number | undefined;
	#ignored: number | undefined;

	constructor(context: WorkerSignalContext) {
		this.#context = context;
	}

	get readable(): boolean {
		const newest = this.#context.newest(this.#ignored);
		if (newest !== undefined) this.#shown = newest;
		return newest !== undefined || (this.#context.isAtStart() && !this.#startWasRead);
	}

	get ended(): boolean {
		return this.#context.mustEnd();
	}

	consumed(): void {
		if (this.#context.isAtStart()) this.#startWasRead = true;
		this.quiet();
	}

	/** The script has ticked. */
	quiet(): void {
		if (this.#shown !== undefined) this.#ignored = this.#shown;
	}

	/** The script has asked for a task. */
	rearm(): void {
		this.#shown = undefined;
		this.#ignored = undefined;
	}

	waits(isWaiting: boolean): void {
		if (isWaiting) this.#context.rests();
		this.#context.waits(isWaiting);
	}

	/** Once is a question; whoever asks again is in a loop. */
	looked(): void {
		if (this.#hasLooked) this.#context.rests();
		this.#hasLooked = true;
	}

	closed(): void {
		this.#context.closed();
	}
}
