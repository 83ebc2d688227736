import type { TaskBuffers } from '../shared-memory/task-layout.ts';
import { LAST, LAST_READ, QUEUE } from '../shared-memory/task-slots.ts';
import { TaskTable } from '../shared-memory/task-table.ts';
import {
	TRACE_TASK_ABANDONED,
	TRACE_TASK_ABORTED,
	TRACE_TASK_COMPLETED,
	TRACE_TASK_RECEIVED,
	TRACE_TASK_SENT,
	TRACE_TASK_TIMEOUT,
} from '../shared-memory/trace-ring.ts';
import type { ThreadTrace } from './thread-trace.ts';

/** The tasks of a thread whose trace is on: it records what the thread does with them. PHP thread. */
export class TracedTaskTable extends TaskTable {
	readonly #trace: ThreadTrace;

	constructor(buffers: TaskBuffers, seat: number, trace: ThreadTrace) {
		super(buffers, seat);
		this.#trace = trace;
	}

	override queue(ticket: number, queue: number): boolean {
		this.#trace.task(TRACE_TASK_SENT, queue, ticket);
		return super.queue(ticket, queue);
	}

	override withdraw(ticket: number, outcome: 'abandoned' | 'timeout'): boolean {
		const queue = this.slots.get(ticket, QUEUE);
		const isWithdrawn = super.withdraw(ticket, outcome);
		// Nobody else ever sees it any more.
		const kind = outcome === 'timeout' ? TRACE_TASK_TIMEOUT : TRACE_TASK_ABANDONED;
		if (isWithdrawn) this.#trace.task(kind, queue, ticket);
		return isWithdrawn;
	}

	override abandon(ticket: number): void {
		const isOpen = this.state(ticket) === 'taken' && !this.hasAll(ticket);
		if (isOpen) this.#trace.task(TRACE_TASK_ABANDONED, this.slots.get(ticket, QUEUE), ticket);
		super.abandon(ticket);
	}

	override take(queue: number): number | undefined {
		const ticket = super.take(queue);
		if (ticket !== undefined) this.#trace.task(TRACE_TASK_RECEIVED, queue, ticket);
		return ticket;
	}

	override end(ticket: number, outcome: 'completed' | 'aborted'): void {
		const isCompleteAnyhow = this.state(ticket) === 'abandoned' && this.slots.get(ticket, LAST) === LAST_READ;
		if (isCompleteAnyhow || this.state(ticket) === 'taken') {
			const kind = isCompleteAnyhow || outcome === 'completed' ? TRACE_TASK_COMPLETED : TRACE_TASK_ABORTED;
			this.#trace.task(kind, this.slots.get(ticket, QUEUE), ticket);
		}
		super.end(ticket, outcome);
	}
}
