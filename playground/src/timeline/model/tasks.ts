import { type Lane, LIMITS, type RequestSpan, type TaskArrow, type TaskOutcome } from './records.ts';
import { Ring } from './ring.ts';

/** How many tasks that are not over are remembered. */
const MOST_OPEN = 4_096;

/** Tasks: each is an arrow from its sender's lane to the lane of its worker, in whatever order the news arrives. */
export class Tasks {
	/** All of them, by the moment of sending. */
	readonly all = new Ring<TaskArrow>(LIMITS.tasks);
	readonly #open = new Map<number, TaskArrow>();

	/** @param to the lane of the worker */
	sent(at: number, task: number, thread: number, from: Lane, to: Lane, request: RequestSpan | undefined): void {
		const arrow = this.#arrow(at, task, to);
		arrow.from = from;
		arrow.sender = thread;
		arrow.start = Math.min(at, arrow.received);
		arrow.request = request;
		request?.tasks.push(arrow);
		this.all.add(arrow);
	}

	received(at: number, task: number, thread: number, to: Lane): void {
		const arrow = this.#arrow(at, task, to);
		arrow.receiver = thread;
		arrow.received = Math.max(at, arrow.start);
	}

	ended(at: number, task: number, outcome: TaskOutcome): void {
		const arrow = this.#open.get(task);
		if (arrow === undefined) return;
		arrow.end = Math.max(at, arrow.start);
		arrow.outcome = outcome;
		this.#open.delete(task);
	}

	/** A thread has ended: so have the tasks that it held, and those that it has sent. */
	lost(at: number, thread: number): void {
		for (const [task, arrow] of this.#open) {
			if (arrow.receiver === thread) this.ended(at, task, 'aborted');
			else if (arrow.sender === thread) this.ended(at, task, 'abandoned');
		}
	}

	#arrow(at: number, task: number, to: Lane): TaskArrow {
		const known = this.#open.get(task);
		if (known !== undefined) return known;
		const [oldest] = this.#open.keys();
		if (this.#open.size >= MOST_OPEN && oldest !== undefined) this.#open.delete(oldest);
		const arrow: TaskArrow = {
			from: undefined,
			to,
			sender: undefined,
			receiver: undefined,
			request: undefined,
			start: at,
			received: Infinity,
			end: Infinity,
			outcome: undefined,
		};
		this.#open.set(task, arrow);
		return arrow;
	}
}
