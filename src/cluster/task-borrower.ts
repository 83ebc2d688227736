import type { Cancel } from '../sidekicks/ports.ts';
import { BorrowedTask } from './borrowed-task.ts';
import type { SharedKey } from './engine.ts';
import type { FleetTasksPorts } from './task-lender.ts';
import { decodeMessage, encodeMessage, messageOf, type TaskMessage } from './task-messages.ts';

/**
 * The receiver's side of one worker: takes offers while threads of it are free. Main thread.
 */
export class TaskBorrower {
	readonly #ports: FleetTasksPorts;
	readonly #key: SharedKey;
	readonly #queue: number;
	readonly #tasks = new Map<string, BorrowedTask>();
	#leave: Cancel | undefined;
	/** An offer has come for which nobody was free. */
	#hasRefused = false;
	#closed = false;

	constructor(ports: FleetTasksPorts, key: SharedKey, queue: number) {
		this.#ports = ports;
		this.#key = key;
		this.#queue = queue;
	}

	/** Tasks of others that are here. */
	get size(): number {
		return this.#tasks.size;
	}

	/** Begins to take offers once a thread is free; ceases when one comes too many. */
	look(): void {
		if (this.#closed || this.#leave !== undefined || this.#free <= 0) return;
		const { tasks } = this.#ports.engine;
		this.#leave = tasks.takeOffers(this.#key, (bytes) => this.#offered(decodeMessage(bytes)));
		// Those who have been refused do not wait until they try again.
		if (this.#hasRefused) tasks.announce(this.#key);
		this.#hasRefused = false;
	}

	/** The sender has given a task up. */
	giveUp({ task, by }: TaskMessage): boolean {
		return this.#tasks.get(task)?.giveUp(by) ?? false;
	}

	/** Takes no more. Those that are here go on. */
	close(): void {
		this.#closed = true;
		this.#stopTaking();
	}

	/** Waits for no server of a sender any more. */
	cut(): void {
		for (const task of this.#tasks.values()) task.cut();
	}

	/** Resolves when all tasks are over, and their senders know. */
	async over(): Promise<void> {
		await Promise.all([...this.#tasks.values()].map((task) => task.over));
	}

	/** Threads that wait, and have nothing that waits for them. */
	get #free(): number {
		const { table } = this.#ports.loans;
		const coming = [...this.#tasks.values()].filter((task) => task.isComing).length;
		return table.seats.idle(this.#queue) - table.load(this.#queue).depth - coming;
	}

	#offered(offer: TaskMessage | undefined): void {
		const { engine, holder } = this.#ports;
		if (offer?.verb !== 'offer' || this.#tasks.has(offer.task)) return;
		if (engine.problem !== undefined) return;
		if (this.#closed || this.#free <= 0) {
			this.#stopTaking();
			this.#hasRefused = true;
			const refusal = encodeMessage(messageOf('refuse', offer.task, holder));
			engine.tasks.ask(offer.by, refusal, engine.lease).catch(() => {});
			return;
		}
		// A thread here takes one's own without this.
		if (offer.by === holder) return;
		// Others may have room for it: its sender offers it again.
		if (offer.length > this.#ports.loans.table.largest) return;
		const task = new BorrowedTask(this.#ports, offer, this.#queue);
		this.#tasks.set(offer.task, task);
		void task.run().finally(() => {
			this.#tasks.delete(offer.task);
			// The thread that it was meant for is free, if it never came that far.
			this.look();
		});
	}

	#stopTaking(): void {
		this.#leave?.();
		this.#leave = undefined;
	}
}
