import { expect } from 'vitest';
import { ReceivedTasks } from '../../../src/php-thread/tasks/received-tasks.ts';
import { SentTasks } from '../../../src/php-thread/tasks/sent-tasks.ts';
import {
	IS_OVER,
	STOPPED_READING,
	STOPPED_UPDATING,
	sendsToItself,
	threadEnds,
} from '../../../src/php-thread/tasks/task-texts.ts';
import { TaskWaiting } from '../../../src/php-thread/tasks/task-waiting.ts';
import type { SidekickBoard } from '../../../src/shared-memory/sidekick-board.ts';
import type { TaskBuffers } from '../../../src/shared-memory/task-layout.ts';
import { OFFERED } from '../../../src/shared-memory/task-slots.ts';
import { TaskTable } from '../../../src/shared-memory/task-table.ts';
import { createThreadCellBuffer, ThreadCell } from '../../../src/shared-memory/thread-cell.ts';
import type { SidekickRunEvents, SidekickRunRequest } from '../../../src/sidekicks/ports.ts';
import { bytesOf, type KnownTask, NEVER, type TaskLedger } from './ledger.ts';

/** What threads need of the world around them. */
export type Surroundings = {
	readonly ledger: TaskLedger;
	readonly board: SidekickBoard;
	readonly buffers: TaskBuffers;
	/** Asks the main thread. */
	start(names: string[]): number[] | string;
	/** Tells the main thread. */
	report(happens: () => void): void;
};

/** A run of a worker or sidekick. */
export type SimulatedRun = { readonly request: SidekickRunRequest; readonly events: SidekickRunEvents };

/** What a run does next; `done` = its script has ended. */
type Progress = 'something' | 'nothing' | 'done';

/**
 * A PHP thread without PHP: the two sides of its tasks are the real ones, its scripts do what they are told. It runs a
 * worker, or serves requests that send tasks.
 */
export class SimulatedThread {
	readonly cell: ThreadCell;
	readonly seat: number;
	readonly run: SimulatedRun | undefined;
	/** It runs, at least until its next step. */
	isInTurn = false;
	/** Its next step does not come. */
	isDoomed = false;
	isDead = false;
	isReady = false;
	/** When its stop flag was raised. */
	stoppedAt = NEVER;
	stopRaised = 0;
	readonly sentTasks: KnownTask[] = [];
	readonly heldTasks: KnownTask[] = [];
	readonly #world: Surroundings;
	readonly #table: TaskTable;
	readonly #sent: SentTasks;
	readonly #received: ReceivedTasks;
	readonly #signal: ReturnType<ReceivedTasks['workerSignal']>;
	/** Whether what it waits for in the middle of its turn has happened. */
	isServed: (() => boolean) | undefined;
	/** It sleeps until it is woken; what it had seen before. */
	#asleep: number | undefined;

	constructor(world: Surroundings, seat: number, run?: SimulatedRun) {
		const { board, buffers, ledger } = world;
		this.#world = world;
		this.seat = seat;
		this.run = run;
		const table = new TaskTable(buffers, seat);
		const queue = table.queue.bind(table);
		table.queue = (ticket, name) => {
			const task = this.sentTasks.at(-1) as KnownTask;
			Object.assign(task, { ticket, queue: name, queuedFrom: ledger.now() });
			const isOffered = queue(ticket, name);
			task.queuedBy = ledger.now();
			this.isServed = () => table.state(ticket) !== 'open' || !board.isCurrent(name) || this.cell.mustRetire;
			return isOffered;
		};
		const cell = new ThreadCell(createThreadCellBuffer(), () => table.seats.wake(seat));
		this.cell = cell;
		this.#table = table;
		const waiting = new TaskWaiting(table.seats, seat, cell);
		const common = { board, cell, seat, table, waiting, reading: world, ownHandle: () => run?.request.handle ?? -1 };
		this.#sent = new SentTasks(common);
		this.#received = new ReceivedTasks({ ...common, rests: () => {} });
		this.#received.begin();
		this.#signal = this.#received.workerSignal(false);
		table.seats.serve(seat, run?.request.handle);
	}

	get name(): string | undefined {
		return this.run?.request.name;
	}

	/** It waits for tasks, and nobody has woken it. */
	get isAsleep(): boolean {
		return this.#asleep !== undefined && this.#table.seats.wakes(this.seat) === this.#asleep;
	}

	stop(): void {
		this.stopRaised++;
		this.cell.raiseStop();
		this.stoppedAt = Math.min(this.stoppedAt, this.#world.ledger.now());
	}

	// ---- what scripts do

	/** Sends a task; null = for ever. */
	send(worker: string, size: number, timeout: number | null): void {
		const { ledger } = this.#world;
		const task = ledger.add(worker, this, size);
		this.sentTasks.push(task);
		const result = this.#sent.send(worker, () => task.payload, timeout ?? Number.POSITIVE_INFINITY);
		if (typeof result !== 'string') {
			task.handle = result;
			if (!ledger.mayHold(worker)) expect(task.receiver, 'sent to nobody').toBeDefined();
			return;
		}
		this.sentTasks.splice(this.sentTasks.indexOf(task), 1);
		task.refused = result;
		expect(task.receiver, `refused although it was picked up: ${result}`).toBeUndefined();
		if (result === sendsToItself(worker)) expect([worker, this.name]).not.toContain('pool');
		if (result === threadEnds(worker)) expect(this.cell.mustRetire).toBe(true);
		if (result.includes('within')) expect(timeout, 'a wait for ever has timed out').not.toBeNull();
	}

	/** Reads one update of the task, or its end. */
	read(task: KnownTask): void {
		if (task.handle === undefined) return;
		let bytes: Uint8Array | undefined;
		this.isServed = () => this.hasNews(task);
		const result = this.#sent.read(task.handle, (length) => {
			bytes = new Uint8Array(length);
			return bytes;
		});
		if (bytes !== undefined) {
			expect(result).toBe(true);
			expect(bytes, 'an update that is lost, or came twice').toEqual(bytesOf(task.id, task.read++));
		} else if (result === STOPPED_READING) expect(this.cell.mustStop).toBe(true);
		else if (result === IS_OVER) expect(task.letGoAt).not.toBe(NEVER);
		else {
			expect([task.written, task.writing], 'updates that were not read').toContain(task.read);
			const { receiver, endedAs, ending } = task;
			if (result === false) expect(endedAs ?? ending, 'complete').toBe('completed');
			else if (!receiver?.isDead) expect(endedAs ?? ending, 'aborted').toBe('aborted');
			this.#forgetSent(task);
		}
	}

	abandon(task: KnownTask): void {
		if (task.handle === undefined) return;
		task.lettingGo = true;
		this.#sent.abandon(task.handle);
		task.letGoAt = this.#world.ledger.now();
		this.#forgetSent(task);
	}

	/** One round of a worker's loop that takes one task per wake-up. */
	loop(completes: boolean): Progress {
		const { request, events } = this.run as SimulatedRun;
		if (!this.isReady && !this.cell.mustStop) {
			this.isReady = true;
			if (request.isBackground) {
				this.#received.tick();
				this.#world.board.markReady(request.handle);
			} else this.#world.board.publish(request.handle, Uint8Array.of(1), this.seat);
			this.#world.report(() => events.ready());
			return 'something';
		}
		if (completes && this.heldTasks[0] !== undefined) {
			this.end(this.heldTasks[0], 'completed');
			return 'something';
		}
		if (this.isAsleep) return 'nothing';
		this.#asleep = undefined;
		const seen = this.#table.seats.wakes(this.seat);
		this.#signal.waits?.(true);
		const isReadable = this.#signal.readable;
		const isOver = this.#signal.ended;
		if (!isReadable && !isOver) {
			this.#asleep = seen;
			return 'something';
		}
		this.#signal.waits?.(false);
		if (!this.#received.tick()) {
			this.endScript();
			return 'done';
		}
		this.receive();
		return 'something';
	}

	receive(): void {
		const { ledger } = this.#world;
		const began = ledger.now();
		const first = ledger.waitingFor(this.run?.request.handle ?? -1).filter(({ ticket }) => {
			if (this.#table.state(ticket) !== 'open') return false;
			return [0, this.seat].includes(this.#table.slots.get(ticket, OFFERED));
		});
		ledger.receiving.add(this);
		const received = this.#received.receive();
		const task = received && ledger.receivedBy(this, received);
		ledger.receiving.delete(this);
		if (received === undefined || task === undefined) return;
		const payload = new Uint8Array(this.#table.slots.payloadLength(received.ticket));
		this.#table.slots.takePayload(received.ticket, payload);
		expect(payload, 'another payload').toEqual(task.payload);
		expect(this.stoppedAt, 'a task for a run that has to end').toBeGreaterThan(began);
		for (const earlier of first) {
			if (earlier === task || earlier.queuedBy > task.queuedFrom) continue;
			expect(this.#table.state(earlier.ticket), 'an earlier task still waits').not.toBe('open');
		}
		this.heldTasks.push(task);
	}

	update(task: KnownTask): void {
		if (task.received === undefined) return;
		const began = this.#world.ledger.now();
		task.writing = task.written + 1;
		const { ticket } = task.received;
		this.isServed = () => !this.#table.isFull(ticket) || this.#table.state(ticket) !== 'taken';
		const problem = this.#received.update(task.received, () => bytesOf(task.id, task.written), false);
		if (problem === undefined) {
			task.written++;
			expect(task.letGoAt, 'an update for nobody').toBeGreaterThan(began);
			expect(task.written - task.read, 'more than 16 wait').toBeLessThanOrEqual(17);
		} else if (problem === STOPPED_UPDATING) expect(this.cell.mustStop).toBe(true);
		else if (problem === IS_OVER) expect(task.endedAs).toBeDefined();
		else expect(task.lettingGo || task.sender.isDead, problem).toBe(true);
		task.writing = task.written;
	}

	/** `aborted` = the script drops its handle. */
	end(task: KnownTask, outcome: 'completed' | 'aborted'): void {
		if (task.received === undefined) return;
		task.ending = outcome;
		this.#received.end(task.received, outcome);
		task.endedAs = outcome;
		this.heldTasks.splice(this.heldTasks.indexOf(task), 1);
	}

	/** As PHP does at the end of each script: what is open is over. */
	endScript(): void {
		for (const task of [...this.sentTasks]) this.abandon(task);
		for (const task of [...this.heldTasks]) this.end(task, 'aborted');
		if (this.run !== undefined) this.#table.seats.serve(this.seat, undefined);
	}

	/** Whether one of its tasks waits although it sleeps: the wake-up has been lost. */
	overslept(task: KnownTask): boolean {
		if (!this.isAsleep || this.run?.request.handle !== task.queue) return false;
		return [0, this.seat].includes(this.#table.slots.get(task.ticket, OFFERED));
	}

	/** Whether the sender could read on without waiting. */
	hasNews(task: KnownTask): boolean {
		const { handle } = task;
		return handle !== undefined && (this.#sent.signal(handle).readable || this.#sent.signal(handle).ended);
	}

	#forgetSent(task: KnownTask): void {
		const at = this.sentTasks.indexOf(task);
		if (at >= 0) this.sentTasks.splice(at, 1);
	}
}
