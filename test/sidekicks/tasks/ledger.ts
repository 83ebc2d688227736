import { expect } from 'vitest';
import type { ReceivedTask } from '../../../src/php-thread/tasks/received-tasks.ts';
import type { SentTask } from '../../../src/php-thread/tasks/sent-tasks.ts';
import type { SimulatedThread } from './simulated-thread.ts';

/** A moment that has not come. */
export const NEVER = Number.POSITIVE_INFINITY;

/** All that has happened to one task, whatever shared memory says. Moments are numbers that only grow. */
export type KnownTask = {
	readonly id: number;
	readonly worker: string;
	readonly payload: Uint8Array;
	readonly sender: SimulatedThread;
	ticket: number;
	/** The handle of its worker. */
	queue: number;
	/** It was queued between these moments. */
	queuedFrom: number;
	queuedBy: number;
	handle: SentTask | undefined;
	/** Why it was not picked up. */
	refused: string | undefined;
	received: ReceivedTask | undefined;
	receiver: SimulatedThread | undefined;
	/** Updates; `writing` is `written`, or one more for the moment. */
	written: number;
	writing: number;
	read: number;
	/** The sender abandons it, and has done so. */
	lettingGo: boolean;
	letGoAt: number;
	/** The receiver ends it, and has done so. */
	ending: 'completed' | 'aborted' | undefined;
	endedAs: 'completed' | 'aborted' | undefined;
};

/** What a payload or update holds: who it is, and more than one chunk now and then. */
export function bytesOf(id: number, number: number, size = (id * 37 + number) % 5 === 0 ? 1500 : 12): Uint8Array {
	const bytes = new Uint8Array(size).fill(id);
	if (size < 8) return bytes;
	new DataView(bytes.buffer).setUint32(0, id);
	new DataView(bytes.buffer).setUint32(4, number);
	return bytes;
}

/** All tasks. */
export class TaskLedger {
	readonly tasks: KnownTask[] = [];
	/** Threads in the middle of it, or that have died there: they may hold a task that is not known to be theirs. */
	readonly receiving = new Set<SimulatedThread>();
	#moment = 0;

	now(): number {
		return this.#moment++;
	}

	add(worker: string, sender: SimulatedThread, size: number): KnownTask {
		const id = this.tasks.length;
		const task: KnownTask = {
			id,
			worker,
			payload: bytesOf(id, 0xffff, size),
			sender,
			ticket: -1,
			queue: -1,
			queuedFrom: NEVER,
			queuedBy: NEVER,
			handle: undefined,
			refused: undefined,
			received: undefined,
			receiver: undefined,
			written: 0,
			writing: 0,
			read: 0,
			lettingGo: false,
			letGoAt: NEVER,
			ending: undefined,
			endedAs: undefined,
		};
		this.tasks.push(task);
		return task;
	}

	/** Those that are queued, or just were. */
	waitingFor(queue: number): KnownTask[] {
		return this.tasks.filter((task) => task.queue === queue && task.receiver === undefined && task.queuedBy !== NEVER);
	}

	/** Whether a thread of the worker may have received a task just now. */
	mayHold(worker: string): boolean {
		return [...this.receiving].some(({ name }) => name === worker);
	}

	/** A thread has received what it knows by its ticket. */
	receivedBy(receiver: SimulatedThread, received: ReceivedTask): KnownTask {
		// Tickets come again after a long time only.
		const task = this.tasks.find(({ ticket }) => ticket === received.ticket);
		if (task === undefined) throw new Error('A task that nobody has sent');
		expect(task.receiver, 'received twice').toBeUndefined();
		expect(task.refused, 'received after it was withdrawn').toBeUndefined();
		expect(task.worker, 'received by another worker').toBe(receiver.name);
		task.receiver = receiver;
		task.received = received;
		return task;
	}
}
