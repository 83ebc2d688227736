import type { TaskLoans } from '../shared-memory/task-loans.ts';
import { QUEUE } from '../shared-memory/task-slots.ts';
import type { Clock } from '../sidekicks/ports.ts';
import type { ClusterEngine, SharedKey } from './engine.ts';
import { answerOf, encodeMessage, messageOf, partSize, type TaskAnswer, type TaskMessage } from './task-messages.ts';

/** Of one worker, so many tasks are offered at a time. */
const MOST_OFFERED = 32;
/** What nobody has taken is offered again after so long, milliseconds. */
const AGAIN = 100;

/** What both sides of a scope's tasks need. */
export interface FleetTasksPorts {
	readonly engine: ClusterEngine;
	readonly clock: Clock;
	/** Id of this scope among the holders of the fleet. */
	readonly holder: string;
	readonly loans: TaskLoans;
	/** An id that nobody guesses. */
	newId(): string;
	/** Resolves when something has changed in the shared memory, or after so many milliseconds. */
	change(milliseconds: number): Promise<void>;
}

/** A task of this server that waits for, or is with, a thread of another one. */
type Loan = {
	readonly ticket: number;
	state: 'offered' | 'lent' | 'received';
	/** When it got its id: a new one for each loan, and after a lease, so that nothing late is taken for something new. */
	readonly since: number;
	/** It is not lent for longer than it takes to fetch it in parts and to pick it up, each word of it within a lease. */
	until: number;
	/** When it was offered last; later, when its borrower has said something last. */
	at: number;
	/** Id of its borrower. */
	by: string;
	/** While it is lent. */
	payload: Uint8Array | undefined;
	/** How many updates have come whole, and what has come of the next one. */
	updates: number;
	update: { bytes: Uint8Array; arrived: number } | undefined;
};

/**
 * The sender's side: tasks for which no thread of this server is free are offered to one other server after the other. One
 * that asks for the payload has the task on loan, until it says that a thread has picked it up, or gives it back. A server
 * that falls silent with a task has lost it: nobody knows what has been done of it, so nobody else gets it. Main thread.
 */
export class TaskLender {
	readonly #ports: FleetTasksPorts;
	readonly #loans = new Map<string, Loan>();

	constructor(ports: FleetTasksPorts) {
		this.#ports = ports;
	}

	/** Tasks that wait for another server, or are with one. */
	get size(): number {
		return this.#loans.size;
	}

	/** Offers what waits in a queue. @param isAnnounced somebody is free again: at once, also what was offered just now */
	offer(key: SharedKey, queue: number, isAnnounced = false): void {
		const { loans, engine, clock, holder } = this.#ports;
		if (engine.problem !== undefined) return;
		const waiting = loans.waiting(queue, MOST_OFFERED);
		if (waiting.length === 0) return;
		const now = clock.now();
		const known = new Map([...this.#loans].map(([id, loan]) => [loan.ticket, { id, loan }]));
		for (const ticket of waiting) {
			const { id, loan } = known.get(ticket) ?? {};
			if (loan !== undefined && !isAnnounced && now - loan.at < AGAIN) continue;
			const current = id !== undefined && loan !== undefined && !this.#isStale(loan) ? id : this.#begin(ticket, id);
			(this.#loans.get(current) as Loan).at = now;
			const length = loans.table.slots.payloadLength(ticket);
			engine.tasks.offer(key, encodeMessage(messageOf('offer', current, holder, { length })));
		}
	}

	/** A task by a new id, to be offered. Returns the id. @param former what it was known by */
	#begin(ticket: number, former: string | undefined): string {
		if (former !== undefined) this.#loans.delete(former);
		const now = this.#ports.clock.now();
		const id = this.#ports.newId();
		const rest = { by: '', payload: undefined, updates: 0, update: undefined };
		this.#loans.set(id, { ticket, state: 'offered', since: now, until: now, at: now, ...rest });
		return id;
	}

	/** Whoever has heard of it by this id may have given up since. */
	#isStale({ since }: Loan): boolean {
		return this.#ports.clock.now() - since > this.#ports.engine.lease;
	}

	/** Notices what has become of its tasks, and of their borrowers. */
	look(): void {
		const { loans, engine, clock } = this.#ports;
		const { table } = loans;
		for (const [id, loan] of this.#loans) {
			const isSilent = clock.now() - loan.at > engine.lease;
			if (loan.state === 'offered') {
				if (table.state(loan.ticket) !== 'open') this.#loans.delete(id);
			} else if (loan.state === 'lent') {
				if (!table.isLent(loan.ticket)) this.#giveUp(id, loan);
				else if (isSilent || clock.now() > loan.until) this.#lose(id, loan);
			} else if (table.state(loan.ticket) !== 'taken') this.#giveUp(id, loan);
			else if (isSilent) this.#lose(id, loan);
		}
	}

	/** What another server says about one of its tasks. */
	async answer(message: TaskMessage): Promise<TaskAnswer> {
		const loan = this.#loans.get(message.task);
		if (loan === undefined) return answerOf('gone');
		if (loan.state === 'offered') return this.#answerOffered(loan, message);
		if (loan.by !== message.by) return answerOf('gone');
		loan.at = this.#ports.clock.now();
		switch (message.verb) {
			case 'take':
				return this.#partOf(loan, message.at);
			case 'refuse':
				return this.#giveBack(message.task, loan);
			case 'receive':
				return this.#receive(message.task, loan);
			case 'update':
				return this.#update(message, loan);
			case 'complete':
			case 'abort':
				return this.#end(message.task, loan, message.verb === 'complete' ? 'completed' : 'aborted');
			case 'alive':
				return answerOf(this.#isOpen(loan) ? 'ok' : 'gone');
			default:
				return answerOf('gone');
		}
	}

	/** The scope is closed: nobody waits for its tasks any more. */
	close(): void {
		for (const [id, loan] of this.#loans) {
			if (loan.state === 'offered') this.#loans.delete(id);
			else this.#lose(id, loan);
		}
	}

	#isOpen({ ticket, state }: Loan): boolean {
		const { table } = this.#ports.loans;
		return state === 'lent' ? table.isLent(ticket) : table.state(ticket) === 'taken';
	}

	#answerOffered(loan: Loan, message: TaskMessage): TaskAnswer {
		if (message.verb === 'take') return this.#lend(loan, message);
		if (message.verb !== 'refuse') return answerOf('gone');
		this.#offerSoon(loan);
		return answerOf('ok');
	}

	#offerSoon(loan: Loan): void {
		const { seat, table } = this.#ports.loans;
		loan.at = 0;
		table.seats.wake(seat);
	}

	#lend(loan: Loan, { by, at }: TaskMessage): TaskAnswer {
		const { loans, engine, clock } = this.#ports;
		const payload = this.#isStale(loan) ? undefined : loans.lend(loan.ticket);
		if (payload === undefined) return answerOf('gone');
		const now = clock.now();
		const until = now + engine.lease * (2 + Math.ceil(payload.length / partSize(engine.maxValue)));
		Object.assign(loan, { state: 'lent', at: now, until, by, payload });
		return this.#partOf(loan, at);
	}

	#partOf({ payload }: Loan, at: number): TaskAnswer {
		if (payload === undefined || at > payload.length) return answerOf('gone');
		return answerOf('ok', payload.length, payload.subarray(at, at + partSize(this.#ports.engine.maxValue)));
	}

	/** Not offered at once: who has no room for it would take it again and again. */
	#giveBack(id: string, { ticket, state }: Loan): TaskAnswer {
		if (state !== 'lent') return answerOf('gone');
		this.#begin(ticket, id);
		this.#ports.loans.giveBack(ticket);
		return answerOf('ok');
	}

	#receive(id: string, loan: Loan): TaskAnswer {
		if (loan.state === 'lent') {
			loan.payload = undefined;
			if (!this.#ports.loans.receive(loan.ticket)) {
				this.#loans.delete(id);
				return answerOf('gone');
			}
			loan.state = 'received';
		}
		return answerOf(this.#isOpen(loan) ? 'ok' : 'gone');
	}

	/** Waits for a while when there is no room. */
	async #update(message: TaskMessage, loan: Loan): Promise<TaskAnswer> {
		const { engine, clock, loans, change } = this.#ports;
		const { table } = loans;
		// Before whoever asks is out of patience.
		const end = clock.now() + engine.lease / 6;
		for (;;) {
			if (loan.state !== 'received' || !this.#isOpen(loan)) return answerOf('gone');
			// It was not heard that it has come.
			if (message.number < loan.updates) return answerOf('ok');
			if (!this.#collect(message, loan)) {
				this.#lose(message.task, loan);
				return answerOf('gone');
			}
			const { update } = loan;
			if (update === undefined || update.arrived < update.bytes.length) return answerOf('ok');
			const result = table.update(loan.ticket, update.bytes);
			if (result === 'done') {
				loan.updates++;
				loan.update = undefined;
				return answerOf('ok');
			}
			if (result !== 'full' && result !== 'noRoom') return answerOf('gone');
			if (clock.now() >= end) return answerOf('full');
			await change(end - clock.now());
		}
	}

	/** Puts a part to the others; once more, it changes nothing. False = it is none of the next update. */
	#collect({ number, at, length, part }: TaskMessage, loan: Loan): boolean {
		if (number !== loan.updates || length > this.#ports.loans.table.largest) return false;
		loan.update ??= { bytes: new Uint8Array(length), arrived: 0 };
		const { bytes, arrived } = loan.update;
		if (length !== bytes.length || at > arrived || at + part.length > length) return false;
		if (at < arrived) return true;
		bytes.set(part, at);
		loan.update.arrived += part.length;
		return true;
	}

	#end(id: string, loan: Loan, outcome: 'completed' | 'aborted'): TaskAnswer {
		if (loan.state !== 'received') return answerOf('gone');
		this.#loans.delete(id);
		this.#ports.loans.table.end(loan.ticket, outcome);
		return answerOf('ok');
	}

	/** The sender has ended it: its borrower ought to know at once, and learns it soon in any case. */
	#giveUp(id: string, loan: Loan): void {
		this.#loans.delete(id);
		this.#ports.loans.table.end(loan.ticket, 'aborted');
		this.#tell(id, loan);
	}

	/** Nobody knows what becomes of it. */
	#lose(id: string, loan: Loan): void {
		const { loans } = this.#ports;
		const { table } = loans;
		const queue = table.slots.get(loan.ticket, QUEUE);
		this.#loans.delete(id);
		if (loan.state === 'lent' && !loans.receive(loan.ticket)) return;
		if (table.state(loan.ticket) === 'taken') table.counters.count(queue, 'aborted');
		table.end(loan.ticket, 'aborted');
		this.#tell(id, loan);
	}

	#tell(id: string, { by }: Loan): void {
		const { engine, holder } = this.#ports;
		if (engine.problem !== undefined) return;
		engine.tasks.ask(by, encodeMessage(messageOf('giveUp', id, holder)), engine.lease / 3).catch(() => {});
	}
}
