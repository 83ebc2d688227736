import type { TaskLoans } from '../shared-memory/task-loans.ts';
import type { Cancel, Clock } from '../sidekicks/ports.ts';
import type { ClusterEngine } from './engine.ts';
import { TaskBorrower } from './task-borrower.ts';
import { type FleetTasksPorts, TaskLender } from './task-lender.ts';
import { answerOf, decodeMessage, encodeAnswer } from './task-messages.ts';

/** How often it looks after tasks that are lent or offered, milliseconds, or a sixth of a lease. */
const ROUND = 100;
/** How long a scope that is closed waits until others know how their tasks have ended, milliseconds. */
const LAST_WORDS = 1000;

/** What a scope gives to its tasks of the fleet. */
export interface FleetTasksSetting {
	/** The scope's name, by which it meets others. */
	readonly scope: string;
	readonly engine: ClusterEngine;
	readonly clock: Clock;
	/** Id of this scope among the holders of the fleet. */
	readonly holder: string;
	readonly loans: TaskLoans;
	/** An id that nobody guesses. */
	newId(): string;
}

/**
 * The tasks of a scope's shared background workers: the main thread has a seat among the threads that receive them, and
 * stands there for threads of other servers. Main thread only.
 */
export class FleetTasks {
	readonly #setting: FleetTasksSetting;
	readonly #ports: FleetTasksPorts;
	readonly #lender: TaskLender;
	/** By queue. */
	readonly #workers = new Map<number, { name: string; borrower: TaskBorrower; deafen: Cancel }>();
	/** Of workers that are gone, with tasks of others that are not over. */
	readonly #ending = new Set<TaskBorrower>();
	readonly #waiting = new Set<() => void>();
	readonly #unanswer: Cancel;
	#round: Cancel | undefined;
	#closed = false;

	constructor(setting: FleetTasksSetting) {
		this.#setting = setting;
		const { engine, clock, holder, loans, newId } = setting;
		this.#ports = { engine, clock, holder, loans, newId, change: (milliseconds) => this.#change(milliseconds) };
		this.#lender = new TaskLender(this.#ports);
		this.#unanswer = engine.tasks.answer(holder, (bytes) => this.#answer(bytes));
		void this.#watch();
	}

	/** The worker with this queue runs here. */
	serve(name: string, queue: number): void {
		const { scope, engine, loans } = this.#setting;
		const key = { scope, name };
		this.#workers.set(queue, {
			name,
			borrower: new TaskBorrower(this.#ports, key, queue),
			deafen: engine.tasks.hear(key, () => this.#lender.offer(key, queue, true)),
		});
		loans.table.seats.help(queue, loans.seat);
	}

	/** It is gone. What is lent, or with one of its threads, comes to its end. */
	cease(queue: number): void {
		const worker = this.#workers.get(queue);
		if (worker === undefined) return;
		this.#workers.delete(queue);
		const { loans } = this.#setting;
		loans.table.seats.help(queue, 0);
		worker.deafen();
		worker.borrower.close();
		this.#ending.add(worker.borrower);
		void worker.borrower.over().then(() => this.#ending.delete(worker.borrower));
	}

	/** The engine can be asked again, or cannot. */
	engineChanged(): void {
		this.#look();
	}

	/** All threads of the scope are gone. Resolves when other servers know, or do not answer. */
	async close(): Promise<void> {
		for (const queue of [...this.#workers.keys()]) this.cease(queue);
		this.#lender.close();
		this.#wakeAll();
		const patience = Promise.withResolvers<void>();
		const cancel = this.#setting.clock.after(LAST_WORDS, patience.resolve);
		await Promise.race([patience.promise, Promise.all([...this.#ending].map((borrower) => borrower.over()))]);
		cancel();
		this.#closed = true;
		for (const borrower of this.#ending) borrower.cut();
		this.#wakeAll();
		this.#round?.();
		this.#unanswer();
		const { loans } = this.#setting;
		loans.table.seats.wake(loans.seat);
		loans.table.seats.release(loans.seat);
	}

	async #answer(bytes: Uint8Array): Promise<Uint8Array | undefined> {
		const message = decodeMessage(bytes);
		if (message === undefined) return undefined;
		if (message.verb !== 'giveUp') return encodeAnswer(await this.#lender.answer(message));
		const borrowers = [...[...this.#workers.values()].map(({ borrower }) => borrower), ...this.#ending];
		return encodeAnswer(answerOf(borrowers.some((each) => each.giveUp(message)) ? 'ok' : 'gone'));
	}

	/** Looks at everything whenever a thread has woken this one. */
	async #watch(): Promise<void> {
		const { loans, clock } = this.#setting;
		const { seats } = loans.table;
		while (!this.#closed) {
			const seen = seats.wakes(loans.seat);
			this.#wakeAll();
			this.#look();
			// Others have their turn, however often it is woken.
			await (seats.woken(loans.seat, seen) ?? new Promise<void>((resolve) => clock.after(0, resolve)));
		}
	}

	#look(): void {
		if (this.#closed) return;
		this.#lender.look();
		for (const [queue, { name, borrower }] of this.#workers) {
			borrower.look();
			this.#lender.offer({ scope: this.#setting.scope, name }, queue);
		}
		if (this.#lender.size === 0 || this.#round !== undefined) return;
		const { clock, engine } = this.#setting;
		this.#round = clock.after(Math.min(ROUND, engine.lease / 6), () => {
			this.#round = undefined;
			this.#look();
		});
	}

	#change(milliseconds: number): Promise<void> {
		return new Promise((resolve) => {
			const done = (): void => {
				cancel();
				this.#waiting.delete(done);
				resolve();
			};
			const cancel = this.#setting.clock.after(milliseconds, done);
			this.#waiting.add(done);
		});
	}

	#wakeAll(): void {
		for (const wake of [...this.#waiting]) wake();
	}
}
