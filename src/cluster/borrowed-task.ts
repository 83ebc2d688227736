import { UnheardError } from './engine.ts';
import type { FleetTasksPorts } from './task-lender.ts';
import {
	decodeAnswer,
	encodeMessage,
	messageOf,
	partSize,
	type TaskAnswer,
	type TaskMessage,
} from './task-messages.ts';

/** How long a free thread may take to pick it up, milliseconds; then it goes to another server. */
const PICK_UP = 250;
/** How long one thread alone is offered it, milliseconds. */
const OFFER = 20;
/** Signs of life in the time of a lease. */
const SIGNS = 3;

/**
 * A task of another server, for a thread of this one: gets its payload, waits until it is picked up, and tells the sender's
 * server what comes of it. Each word of it is a question that has to be answered: when none has been for as long as a lease,
 * the task is given up. Main thread.
 */
export class BorrowedTask {
	/** Resolves when it is over. */
	readonly over: Promise<void>;
	readonly #end = Promise.withResolvers<void>();
	readonly #ports: FleetTasksPorts;
	readonly #id: string;
	/** The sender's server. */
	readonly #lender: string;
	readonly #queue: number;
	#ticket: number | undefined;
	#isGivenUp = false;
	#isCut = false;
	/** Ends a pause between two attempts to say something. */
	#goOn: (() => void) | undefined;
	/** When the sender's server has answered last. */
	#answered: number;
	/** It may have heard of this one. */
	#isKnown = false;

	/** @param queue of the worker here */
	constructor(ports: FleetTasksPorts, { task, by }: TaskMessage, queue: number) {
		this.#ports = ports;
		this.#id = task;
		this.#lender = by;
		this.#queue = queue;
		this.#answered = ports.clock.now();
		this.over = this.#end.promise;
	}

	/** It is on its way to the queue. */
	get isComing(): boolean {
		return this.#ticket === undefined;
	}

	/** False = that server has not sent it. */
	giveUp(by: string): boolean {
		if (by !== this.#lender) return false;
		this.#isGivenUp = true;
		this.#letGo();
		return true;
	}

	/** Nobody here waits for its sender's server any more. */
	cut(): void {
		this.#isCut = true;
		this.#isGivenUp = true;
		this.#letGo();
		this.#goOn?.();
	}

	/** One that no thread here has is counted at its sender. */
	#letGo(): void {
		const { table } = this.#ports.loans;
		if (this.#ticket !== undefined && !table.withdraw(this.#ticket, undefined)) table.abandon(this.#ticket);
	}

	/** Resolves when it is over. */
	async run(): Promise<void> {
		try {
			const payload = await this.#payload();
			if (payload !== undefined && (await this.#pickUp(payload))) await this.#follow();
		} finally {
			this.#letGo();
			this.#end.resolve();
		}
	}

	/** Undefined = it is not to be had. */
	async #payload(): Promise<Uint8Array | undefined> {
		const { largest } = this.#ports.loans.table;
		let payload: Uint8Array | undefined;
		let at = 0;
		do {
			const { result, length, part } = await this.#say('take', { at });
			if (result !== 'ok') return undefined;
			const isWrong = at + part.length > length || (part.length === 0 && at < length);
			if (length > largest || isWrong || (payload !== undefined && length !== payload.length)) {
				await this.#say('refuse');
				return undefined;
			}
			payload ??= new Uint8Array(length);
			payload.set(part, at);
			at += part.length;
		} while (at < payload.length);
		return payload;
	}

	/** False = no thread has picked it up, or its sender does not wait any more. */
	async #pickUp(payload: Uint8Array): Promise<boolean> {
		const { loans, clock, change } = this.#ports;
		const { table } = loans;
		const ticket = this.#isGivenUp ? undefined : table.open(payload);
		if (typeof ticket === 'number') {
			this.#ticket = ticket;
			let isOffered = table.queue(ticket, this.#queue);
			const from = clock.now();
			for (let left = PICK_UP; left > 0 && table.state(ticket) === 'open'; left = from + PICK_UP - clock.now()) {
				await change(isOffered ? Math.min(left, OFFER) : left);
				if (isOffered && table.state(ticket) === 'open' && clock.now() - from >= OFFER) {
					table.offerToAll(ticket, this.#queue);
					isOffered = false;
				}
			}
		}
		if (typeof ticket !== 'number' || table.withdraw(ticket, undefined)) {
			await this.#say('refuse');
			return false;
		}
		const { result } = await this.#say('receive');
		return result === 'ok';
	}

	/** Tells what its thread does with it. */
	async #follow(): Promise<void> {
		const { loans, engine, clock, change } = this.#ports;
		const { table } = loans;
		const ticket = this.#ticket as number;
		for (let number = 0; !this.#isGivenUp; ) {
			// Before the updates: whatever was written before that end is seen below.
			const state = table.state(ticket);
			if (table.slots.unread(ticket) > 0) {
				if (!(await this.#forward(ticket, number++))) return;
			} else if (state !== 'taken') {
				await this.#say(state === 'completed' ? 'complete' : 'abort');
				return;
			} else {
				const pause = this.#answered + engine.lease / SIGNS - clock.now();
				if (pause > 0) await change(pause);
				else if ((await this.#say('alive')).result !== 'ok') return;
			}
		}
	}

	/** The oldest update goes to the sender's server, in parts. False = it is not wanted. */
	async #forward(ticket: number, number: number): Promise<boolean> {
		const { engine, loans } = this.#ports;
		let update = new Uint8Array();
		loans.table.readUpdate(ticket, (length) => {
			update = new Uint8Array(length);
			return update;
		});
		const most = partSize(engine.maxValue);
		for (let at = 0; at < Math.max(1, update.length); ) {
			const part = update.subarray(at, at + most);
			const { result } = await this.#say('update', { at, number, length: update.length, part });
			if (result === 'gone') return false;
			if (result === 'ok') at += Math.max(1, part.length);
		}
		return true;
	}

	/** Says it until there is an answer, or it is cut, or for as long as a lease. */
	async #say(verb: TaskMessage['verb'], more?: Partial<TaskMessage>): Promise<TaskAnswer> {
		const { engine, clock, holder } = this.#ports;
		const bytes = encodeMessage(messageOf(verb, this.#id, holder, more));
		while (!this.#isCut) {
			const asked = clock.now();
			try {
				const answer = decodeAnswer(await engine.tasks.ask(this.#lender, bytes, engine.lease / SIGNS));
				if (answer === undefined) throw new Error('it is no answer');
				this.#answered = clock.now();
				this.#isKnown = true;
				return answer;
			} catch (error) {
				// Gone since its offer: then the thread that is meant for its task is free for others.
				if (error instanceof UnheardError && !this.#isKnown) return GONE;
				this.#isKnown = true;
				if (clock.now() - this.#answered > engine.lease) return GONE;
				// A refusal comes at once.
				const pause = asked + engine.lease / (2 * SIGNS) - clock.now();
				if (pause > 0 && !this.#isCut) await this.#pause(pause);
			}
		}
		return GONE;
	}

	#pause(milliseconds: number): Promise<void> {
		return new Promise((resolve) => {
			const cancel = this.#ports.clock.after(milliseconds, resolve);
			this.#goOn = () => {
				cancel();
				resolve();
			};
		});
	}
}

const GONE: TaskAnswer = { result: 'gone', length: 0, part: new Uint8Array() };
