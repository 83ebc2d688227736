import type { SidekickBoard } from '../../shared-memory/sidekick-board.ts';
import { SLOTS } from '../../shared-memory/task-layout.ts';
import { NO_SEAT } from '../../shared-memory/task-seats.ts';
import type { TaskTable } from '../../shared-memory/task-table.ts';
import type { ThreadCell } from '../../shared-memory/thread-cell.ts';
import type { Signal } from '../sockets/signal.ts';
import * as texts from './task-texts.ts';
import type { TaskWaiting } from './task-waiting.ts';

/** How long a task is offered to one thread alone, milliseconds: enough to wake up, and to ask for it. */
const OFFER = 20;

/** How long a sender may wait for the pick-up when its server is shutting down, seconds. */
const LAST_WAIT = 1;

/** One task, as its sender's handle knows it. */
export type SentTask = {
	ticket: number;
	/** What the sender has learned about its end. */
	end: 'completed' | 'aborted' | 'abandoned' | undefined;
	/** Updates up to this one made the stream readable, and PHP has read the stream. */
	consumed: number | undefined;
	/** The request that has sent it, or 0. */
	request: number;
};

/** Asks the main thread for workers, and starts those that have to be. */
export type WorkerNames = {
	/** Their handles, in order; a string = why there are none. Blocks for the reply, which has a deadline. */
	start(names: string[]): number[] | string;
};

/** What the sender's side of a thread needs. */
export type SentTasksContext = {
	table: TaskTable;
	waiting: TaskWaiting;
	board: SidekickBoard;
	cell: ThreadCell;
	reading: WorkerNames;
	seat: number;
	/** Handle of the sidekick that runs here; -1 = none. */
	ownHandle(): number;
};

/** Tasks that this thread sends. PHP thread; what blocks has a deadline, or ends when the thread has to stop. */
export class SentTasks {
	readonly #context: SentTasksContext;
	/** Handles of workers that have been asked for. */
	readonly #known = new Map<string, number>();

	constructor(context: SentTasksContext) {
		this.#context = context;
	}

	/**
	 * Sends a task, and waits until it is picked up: less long while the server shuts down, when its own worker may have
	 * stopped, and the client's connection is closed soon.
	 * @param seconds Infinity = for ever. A string = why it was not
	 */
	send(name: string, payload: () => Uint8Array, seconds: number): SentTask | string {
		const { table, cell, seat } = this.#context;
		if (seat === NO_SEAT) return texts.NO_PLACE;
		const queue = this.#resolve(name);
		if (typeof queue === 'string') return queue;
		if (queue === this.#context.ownHandle() && this.#context.board.threads(queue) <= 1 && !table.seats.hasHelper(queue))
			return texts.sendsToItself(name);
		if (cell.mustRetire) return texts.threadEnds(name);
		const ticket = table.open(payload());
		if (ticket === undefined) return texts.tooManyTasks(name, SLOTS);
		if (ticket === false) return texts.noMemory('payload');
		const isOffered = table.queue(ticket, queue);
		// A wait without an end of its own counts for the script's time limit.
		cell.blocked = Number.isFinite(seconds);
		const problem = this.#awaitReceipt(name, ticket, queue, seconds, isOffered);
		cell.blocked = false;
		return problem ?? { ticket, end: undefined, consumed: undefined, request: cell.currentRequest };
	}

	#resolve(name: string): number | string {
		const known = this.#known.get(name);
		if (known !== undefined && this.#context.board.isCurrent(known)) return known;
		const handles = this.#context.reading.start([name]);
		if (typeof handles === 'string') return handles;
		const handle = handles[0] as number;
		this.#known.set(name, handle);
		return handle;
	}

	/** Undefined = somebody has it. */
	#awaitReceipt(name: string, ticket: number, queue: number, seconds: number, isOffered: boolean): string | undefined {
		const { table, waiting, board, cell } = this.#context;
		const isLast = cell.drains;
		const most = isLast ? Math.min(seconds, LAST_WAIT) : seconds;
		const end = performance.now() + most * 1000;
		let problem: string | undefined;
		const over = (): boolean => {
			if (table.state(ticket) !== 'open') return true;
			if (cell.mustRetire || (cell.drains && !isLast)) problem = texts.threadEnds(name);
			else if (!board.isCurrent(queue)) problem = board.failureText(queue);
			return problem !== undefined;
		};
		const offerEnds = isOffered ? Math.min(OFFER, most * 1000) : 0;
		let isOver = isOffered && waiting.until(over, offerEnds);
		if (isOffered && !isOver) table.offerToAll(ticket, queue);
		isOver ||= waiting.until(over, end - performance.now());
		const outcome = isOver ? 'abandoned' : 'timeout';
		while (table.state(ticket) === 'open') {
			if (table.withdraw(ticket, outcome)) return problem ?? this.#notPickedUp(name, queue, most);
			// On loan to another server, and within its lease the main thread knows what has become of it.
			waiting.until(() => !table.isLent(ticket) || cell.mustStop, Infinity);
			if (cell.mustStop && table.isLent(ticket)) {
				table.abandon(ticket);
				return texts.threadEnds(name);
			}
		}
		return undefined;
	}

	/** What the fleet has to say is in the text about the worker's status. */
	#notPickedUp(name: string, queue: number, seconds: number): string {
		const { table, board } = this.#context;
		const sentence = texts.notPickedUp(name, seconds);
		return table.seats.hasHelper(queue) ? `${sentence} ${board.statusText(queue)}` : sentence;
	}

	/** The next update goes to `target`; false = the task is complete. A string = neither will come. */
	read(task: SentTask, target: (length: number) => Uint8Array | undefined): boolean | string {
		const { table, waiting, cell } = this.#context;
		task.consumed = undefined;
		if (task.end === 'abandoned') return texts.IS_OVER;
		for (;;) {
			// Before the updates: whatever was written before that end is seen below.
			const state = table.state(task.ticket);
			if (task.end === undefined && table.readUpdate(task.ticket, target)) return true;
			if (task.end === undefined && state !== 'taken') this.#settle(task, state === 'completed' ? state : 'aborted');
			if (task.end !== undefined) return task.end === 'completed' ? false : texts.ABORTED;
			const over = (): boolean =>
				table.slots.unread(task.ticket) > 0 || table.state(task.ticket) !== 'taken' || cell.mustStop;
			waiting.until(over, Infinity);
			if (cell.mustStop && table.slots.unread(task.ticket) === 0 && table.state(task.ticket) === 'taken') {
				return texts.STOPPED_READING;
			}
		}
	}

	/** The sender lets go. */
	abandon(task: SentTask): void {
		if (task.end === undefined) this.#settle(task, 'abandoned');
		else task.end = 'abandoned';
	}

	/** What the stream of the task tells. */
	signal(task: SentTask): Signal {
		const { table } = this.#context;
		const isOpen = () => task.end === undefined;
		return {
			get readable() {
				if (!isOpen() || table.slots.unread(task.ticket) === 0) return false;
				return task.consumed !== table.slots.written(task.ticket);
			},
			get ended() {
				return !isOpen() || table.state(task.ticket) !== 'taken';
			},
			consumed: () => {
				task.consumed = table.slots.written(task.ticket);
			},
			closed: () => this.abandon(task),
		};
	}

	/** Its slot is given back: the end is known, and nothing is left to be read. */
	#settle(task: SentTask, end: NonNullable<SentTask['end']>): void {
		task.end = end;
		this.#context.table.abandon(task.ticket);
	}
}
