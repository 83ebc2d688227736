import { TaskCounters, type TaskOutcome } from './task-counters.ts';
import { SEQUENCE, type TaskBuffers, UPDATES } from './task-layout.ts';
import { NO_SEAT, TaskSeats } from './task-seats.ts';
import { LAST, LAST_READ, NUMBER, OFFERED, QUEUE, TaskSlots } from './task-slots.ts';
import * as state from './task-states.ts';

/**
 * What a task is, for one of its sides. `open`: not received yet; `over` = its slot is not that task's any more.
 */
export type TaskState = 'open' | 'taken' | 'completed' | 'aborted' | 'abandoned' | 'over';

/**
 * The tasks of a scope, from the sender's thread to the receiver's: each change is one compare-and-exchange, and whoever
 * lets go of a task last gives its memory back. Tasks are known by tickets, queues by the handle of their sidekick.
 * There is no ring of tickets that a dying thread could leave in disorder: a queue is the slots that are queued, by their
 * numbers. One view for each thread.
 */
export class TaskTable {
	readonly seats: TaskSeats;
	readonly slots: TaskSlots;
	readonly counters: TaskCounters;
	/** Bytes of the largest payload, or update. */
	readonly largest: number;
	readonly #header: Int32Array;
	readonly #seat: number;

	/** @param seat the thread's; NO_SEAT for the main thread */
	constructor(buffers: TaskBuffers, seat: number = NO_SEAT) {
		this.seats = new TaskSeats(buffers);
		this.slots = new TaskSlots(buffers);
		this.counters = new TaskCounters(buffers);
		this.largest = buffers.largest;
		this.#header = new Int32Array(buffers.control, 0, 16);
		this.#seat = seat;
	}

	// ------------------------------------------------------------------ the sender's thread

	/** A task with a payload, not queued yet; undefined = no slot is free, false = no memory is. */
	open(payload: Uint8Array): number | undefined | false {
		const ticket = this.slots.open(this.#seat);
		if (ticket === undefined) return undefined;
		if (this.slots.writePayload(ticket, payload)) return ticket;
		this.#close(ticket, this.slots.word(ticket));
		return false;
	}

	/** Queues it. True = it is offered to one thread that waits; see `offerToAll()`. */
	queue(ticket: number, queue: number): boolean {
		this.slots.set(ticket, QUEUE, queue);
		this.slots.set(ticket, NUMBER, Atomics.add(this.#header, SEQUENCE, 1));
		const offered = this.seats.leastUsed(queue);
		this.slots.set(ticket, OFFERED, offered);
		const word = this.slots.word(ticket);
		this.slots.change(ticket, word, (word & ~state.OPEN) | state.QUEUED);
		if (offered !== NO_SEAT) this.seats.wake(offered);
		else {
			// One that has begun to wait since then may have looked too early.
			if (this.seats.leastUsed(queue) !== NO_SEAT) this.seats.wakeAll(queue);
			this.seats.wakeHelper(queue);
		}
		return offered !== NO_SEAT;
	}

	/** The thread that it was offered to has not taken it: whoever comes first. */
	offerToAll(ticket: number, queue: number): void {
		this.slots.set(ticket, OFFERED, NO_SEAT);
		this.seats.wakeAll(queue);
		this.seats.wakeHelper(queue);
	}

	/** Takes it back before anybody has received it; false = somebody has, or may have. @param outcome undefined = not counted */
	withdraw(ticket: number, outcome: TaskOutcome | undefined): boolean {
		const word = this.slots.wordOf(ticket);
		if (word === undefined || !state.isQueued(word)) return false;
		const queue = this.slots.get(ticket, QUEUE);
		if (!this.#close(ticket, word)) return false;
		if (outcome !== undefined) this.counters.count(queue, outcome);
		return true;
	}

	/** Nobody can withdraw it now, and this ends soon; see TaskLoans. */
	isLent(ticket: number): boolean {
		const word = this.slots.wordOf(ticket);
		return word !== undefined && state.isLent(word);
	}

	/** Copies the next update by `target` (called with its length; undefined = not now); false = there is none. */
	readUpdate(ticket: number, target: (length: number) => Uint8Array | undefined): boolean {
		if (this.slots.unread(ticket) === 0) return false;
		const to = target(this.slots.updateLength(ticket));
		if (to === undefined) return true;
		this.slots.takeUpdate(ticket, to);
		const word = this.slots.wordOf(ticket);
		if (word !== undefined && state.stateOf(word) === state.TAKEN) this.seats.wake(state.seatOf(word));
		return true;
	}

	/** The sender lets go: a task that is not over is abandoned. */
	abandon(ticket: number): void {
		this.#letSenderGo(ticket);
	}

	/** The sender has read the last update. */
	protected hasAll(ticket: number): boolean {
		return this.slots.get(ticket, LAST) !== 0 && this.slots.unread(ticket) === 0;
	}

	// ------------------------------------------------------------------ the receiver's thread

	/** The number of the newest task that this thread may receive; undefined = there is none beyond `after`. */
	newest(queue: number, after?: number): number | undefined {
		let found: number | undefined;
		for (let slot = 0, used = this.slots.used; slot < used; slot++) {
			if (!this.#mayTake(slot, this.slots.word(slot), queue)) continue;
			const number = this.slots.get(slot, NUMBER);
			if (after !== undefined && ((number - after) | 0) <= 0) continue;
			if (found === undefined || ((number - found) | 0) > 0) found = number;
		}
		return found;
	}

	/** Receives the oldest task of a queue. */
	take(queue: number): number | undefined {
		for (;;) {
			const slot = this.#oldest(queue);
			if (slot === undefined) return undefined;
			const word = this.slots.word(slot);
			// Once more, and from here on the word tells: meanwhile the slot may have got a task of another queue.
			if (!this.#mayTake(slot, word, queue)) continue;
			const turn = state.turnOf(word);
			const taken = state.wordOf(turn, this.#seat, state.SENDER | state.RECEIVER, state.TAKEN);
			const sender = this.slots.senderOf(slot);
			if (!this.slots.change(slot, word, taken)) continue;
			this.slots.markTaken(slot, present());
			this.seats.countReceived(this.#seat);
			this.seats.wake(sender);
			return state.ticketOf(slot, turn);
		}
	}

	/** `isLast`: the end comes next. 'full' = the sender has to read first, 'noRoom' = there is no memory, else what the task is. */
	update(ticket: number, bytes: Uint8Array, isLast = false): 'done' | 'full' | 'noRoom' | TaskState {
		const now = this.state(ticket);
		if (now !== 'taken') return now;
		if (this.isFull(ticket)) return 'full';
		if (!this.slots.writeUpdate(ticket, bytes, isLast)) return 'noRoom';
		this.seats.wake(this.slots.senderOf(ticket));
		return 'done';
	}

	/** The next update has to wait until the sender has read one. */
	isFull(ticket: number): boolean {
		return this.slots.unread(ticket) >= UPDATES;
	}

	/** The receiver lets go, in one way or the other. */
	end(ticket: number, outcome: 'completed' | 'aborted'): void {
		this.#letReceiverGo(ticket, outcome);
	}

	// ------------------------------------------------------------------ any thread

	state(ticket: number): TaskState {
		const word = this.slots.wordOf(ticket);
		return word === undefined ? 'over' : (NAMES[state.stateOf(word)] ?? 'over');
	}

	/** Tasks that wait, and threads that hold one. */
	load(queue: number): { depth: number; busy: number } {
		let depth = 0;
		const busy = new Set<number>();
		for (let slot = 0, used = this.slots.used; slot < used; slot++) {
			const word = this.slots.word(slot);
			if (this.slots.get(slot, QUEUE) !== queue) continue;
			if (state.stateOf(word) === state.QUEUED) depth++;
			else if ((state.holdsOf(word) & state.RECEIVER) !== 0 && !this.seats.isHelper(state.seatOf(word)))
				busy.add(state.seatOf(word));
		}
		return { depth, busy: busy.size };
	}

	/**
	 * The thread of a seat has died, at any moment: what it held is aborted or abandoned, what it was about to give back is
	 * given back. Main thread.
	 */
	threadLost(seat: number): void {
		if (seat === NO_SEAT) return;
		this.seats.serve(seat, undefined);
		for (let slot = 0, used = this.slots.used; slot < used; slot++) {
			const word = this.slots.word(slot);
			const ticket = state.ticketOf(slot, state.turnOf(word));
			const now = state.stateOf(word);
			if (now === state.FREE) continue;
			const isOfSeat = state.seatOf(word) === seat;
			if (now === state.CLOSING) {
				if (isOfSeat) this.#finishClosing(ticket, word);
				continue;
			}
			const isBeforeReceipt = now === state.OPEN || now === state.QUEUED;
			const sends = isBeforeReceipt ? isOfSeat : this.slots.senderOf(slot) === seat;
			if (sends && (state.holdsOf(word) & state.SENDER) !== 0) {
				this.slots.markDamaged(ticket);
				this.#letSenderGo(ticket);
			}
			const later = this.slots.wordOf(ticket);
			if (later === undefined || (state.holdsOf(later) & state.RECEIVER) === 0 || state.seatOf(later) !== seat)
				continue;
			this.slots.markDamaged(ticket);
			this.#letReceiverGo(ticket, 'aborted');
		}
	}

	#letSenderGo(ticket: number): void {
		for (;;) {
			const word = this.slots.wordOf(ticket);
			if (word === undefined || (state.holdsOf(word) & state.SENDER) === 0) return;
			const now = state.stateOf(word);
			if (now === state.TAKEN) {
				const receiver = state.seatOf(word);
				const queue = this.slots.get(ticket, QUEUE);
				const hasAll = this.hasAll(ticket);
				if (hasAll) this.slots.set(ticket, LAST, LAST_READ);
				const left = state.wordOf(state.turnOf(word), receiver, state.RECEIVER, state.ABANDONED);
				if (!this.slots.change(ticket, word, left)) continue;
				// Counted by the receiver, which is about to complete it.
				if (!hasAll && !this.seats.isHelper(receiver)) this.counters.count(queue, 'abandoned');
				this.seats.wake(receiver);
				return;
			}
			const queue = now === state.QUEUED ? this.slots.get(ticket, QUEUE) : undefined;
			if (!this.#close(ticket, word)) continue;
			if (queue !== undefined) this.counters.count(queue, 'abandoned');
			return;
		}
	}

	#letReceiverGo(ticket: number, outcome: 'completed' | 'aborted'): void {
		for (;;) {
			const word = this.slots.wordOf(ticket);
			if (word === undefined || (state.holdsOf(word) & state.RECEIVER) === 0) return;
			const queue = this.slots.get(ticket, QUEUE);
			const spent = present() - this.slots.takenAt(ticket);
			const isFar = this.seats.isHelper(this.#seat);
			if (state.stateOf(word) === state.TAKEN) {
				const sender = this.slots.senderOf(ticket);
				const over = outcome === 'completed' ? state.COMPLETED : state.ABORTED;
				if (!this.slots.change(ticket, word, state.wordOf(state.turnOf(word), NO_SEAT, state.SENDER, over))) continue;
				if (!isFar) this.#count(queue, outcome, spent);
				this.seats.wake(sender);
				return;
			}
			const isComplete = this.slots.get(ticket, LAST) === LAST_READ;
			if (!this.#close(ticket, word)) continue;
			if (!isFar) this.#count(queue, isComplete ? 'completed' : undefined, spent);
			return;
		}
	}

	#count(queue: number, outcome: TaskOutcome | undefined, spent: number): void {
		if (outcome !== undefined) this.counters.count(queue, outcome);
		this.counters.spend(queue, spent);
	}

	/** Gives the task's memory back, then its slot. False = the word has changed since. */
	#close(ticket: number, word: number): boolean {
		const closing = state.wordOf(state.turnOf(word), this.#seat, state.holdsOf(word), state.CLOSING);
		if (!this.slots.change(ticket, word, closing)) return false;
		this.slots.free(ticket);
		this.slots.change(ticket, closing, state.wordOf(state.turnOf(word), NO_SEAT, 0, state.FREE));
		return true;
	}

	#finishClosing(ticket: number, word: number): void {
		this.slots.markDamaged(ticket);
		this.#close(ticket, word);
	}

	/** What lies beside the word is that task's only while the word does not change. */
	#mayTake(slot: number, word: number, queue: number): boolean {
		if (!state.isQueued(word) || this.slots.get(slot, QUEUE) !== queue) return false;
		const offered = this.slots.get(slot, OFFERED);
		return offered === NO_SEAT || offered === this.#seat;
	}

	#oldest(queue: number): number | undefined {
		let found: number | undefined;
		let least = 0;
		for (let slot = 0, used = this.slots.used; slot < used; slot++) {
			if (!this.#mayTake(slot, this.slots.word(slot), queue)) continue;
			const number = this.slots.get(slot, NUMBER);
			if (found !== undefined && ((number - least) | 0) >= 0) continue;
			found = slot;
			least = number;
		}
		return found;
	}
}

const NAMES: Partial<Record<number, TaskState>> = {
	[state.OPEN]: 'open',
	[state.QUEUED]: 'open',
	[state.TAKEN]: 'taken',
	[state.COMPLETED]: 'completed',
	[state.ABORTED]: 'aborted',
	[state.ABANDONED]: 'abandoned',
};

/** The same clock on all threads, milliseconds since 1970, with fractions. */
function present(): number {
	return performance.timeOrigin + performance.now();
}
