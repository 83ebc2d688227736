import {
	HELPER,
	placeOfQueue,
	QUEUE_WORDS,
	QUEUES,
	QUEUES_AT,
	SEAT_WORDS,
	SEATS,
	SEATS_AT,
	type TaskBuffers,
} from './task-layout.ts';

const IS_TAKEN = 0;
/** Changes whenever its thread has to look at its tasks. */
const WAKE = 1;
/** The handle of the sidekick that runs on the thread, plus 1; 0 = none. */
const QUEUE = 2;
/** The thread waits for tasks. */
const IS_IDLE = 3;
/** Tasks that the thread has received, modulo 2^32. */
const RECEIVED = 4;
/** It is the main thread's, for what threads of other servers receive. */
const IS_HELPER = 5;

/** In the place of seat 0: the seats from here on were never taken, and need not be looked at. */
const END = 0;

/** No seat: such a thread has no tasks. */
export const NO_SEAT = 0;

/** The number by which a thread locks cells of the board: with a seat, that; else one beyond all seats. */
export function boardOwner(seat: number, processId: number): number {
	return seat === NO_SEAT ? SEATS + processId : seat;
}

/** A place for each thread of a scope, by which other threads wake it. */
export class TaskSeats {
	readonly #words: Int32Array;
	readonly #queues: Int32Array;

	constructor(buffers: TaskBuffers) {
		this.#words = new Int32Array(buffers.control, SEATS_AT * 4, SEATS * SEAT_WORDS);
		this.#queues = new Int32Array(buffers.control, QUEUES_AT * 4, QUEUES * QUEUE_WORDS);
	}

	/** A seat for a new thread; NO_SEAT = all are taken. Main thread. @param isHelper see `help()` */
	claim(isHelper = false): number {
		for (let seat = NO_SEAT + 1; seat < SEATS; seat++) {
			const at = seat * SEAT_WORDS;
			if (this.#words[at + IS_TAKEN] !== 0) continue;
			this.#words[at + IS_TAKEN] = 1;
			Atomics.store(this.#words, at + IS_HELPER, isHelper ? 1 : 0);
			Atomics.store(this.#words, END, Math.max(this.#end, seat + 1));
			return seat;
		}
		return NO_SEAT;
	}

	/** The thread is gone. Main thread. */
	release(seat: number): void {
		if (seat === NO_SEAT) return;
		this.serve(seat, undefined);
		this.#words[seat * SEAT_WORDS + IS_TAKEN] = 0;
	}

	/** The thread has that role from now on; undefined = it receives no tasks. The thread's own. */
	serve(seat: number, queue: number | undefined): void {
		const at = seat * SEAT_WORDS;
		Atomics.store(this.#words, at + IS_IDLE, 0);
		Atomics.store(this.#words, at + RECEIVED, 0);
		Atomics.store(this.#words, at + QUEUE, queue === undefined ? 0 : queue + 1);
	}

	/** The thread begins or ceases to wait for tasks: look for one after this call, before the wait. The thread's own. */
	setIdle(seat: number, isIdle: boolean): void {
		const at = seat * SEAT_WORDS;
		Atomics.store(this.#words, at + IS_IDLE, isIdle ? 1 : 0);
		if (isIdle) this.wakeHelper(Atomics.load(this.#words, at + QUEUE) - 1);
	}

	/** Threads that wait for tasks of a queue. */
	idle(queue: number): number {
		let count = 0;
		for (let seat = NO_SEAT + 1, at = SEAT_WORDS, end = this.#end; seat < end; seat++, at += SEAT_WORDS) {
			if (this.#waits(at, queue)) count++;
		}
		return count;
	}

	/**
	 * The main thread helps with a queue: its seat is woken when a task finds no thread that waits, and when a thread begins
	 * to wait. NO_SEAT = no longer. Main thread.
	 */
	help(queue: number, seat: number): void {
		Atomics.store(this.#queues, placeOfQueue(queue) + HELPER, seat);
	}

	isHelper(seat: number): boolean {
		return Atomics.load(this.#words, seat * SEAT_WORDS + IS_HELPER) !== 0;
	}

	/** Whether somebody beyond the threads of its worker may receive tasks of a queue. Any thread. */
	hasHelper(queue: number): boolean {
		return Atomics.load(this.#queues, placeOfQueue(queue) + HELPER) !== NO_SEAT;
	}

	/** Wakes who helps with a queue. Any thread. */
	wakeHelper(queue: number): void {
		const seat = Atomics.load(this.#queues, placeOfQueue(queue) + HELPER);
		if (seat !== NO_SEAT) this.wake(seat);
	}

	/** The thread has received a task. The thread's own. */
	countReceived(seat: number): void {
		Atomics.add(this.#words, seat * SEAT_WORDS + RECEIVED, 1);
	}

	/** Whether the thread of the seat at that word waits for tasks of a queue. */
	#waits(at: number, queue: number): boolean {
		return Atomics.load(this.#words, at + QUEUE) === queue + 1 && Atomics.load(this.#words, at + IS_IDLE) !== 0;
	}

	get #end(): number {
		return Atomics.load(this.#words, END);
	}

	/** Of the threads that wait for tasks of a queue, the one that has received the fewest; NO_SEAT = none waits. */
	leastUsed(queue: number): number {
		let found = NO_SEAT;
		let least = 0;
		for (let seat = NO_SEAT + 1, at = SEAT_WORDS, end = this.#end; seat < end; seat++, at += SEAT_WORDS) {
			if (!this.#waits(at, queue)) continue;
			const received = Atomics.load(this.#words, at + RECEIVED);
			if (found !== NO_SEAT && ((received - least) | 0) >= 0) continue;
			found = seat;
			least = received;
		}
		return found;
	}

	/** Has a thread look at its tasks. Any thread. */
	wake(seat: number): void {
		const at = seat * SEAT_WORDS + WAKE;
		Atomics.add(this.#words, at, 1);
		Atomics.notify(this.#words, at);
	}

	/** Wakes the threads that receive from a queue; undefined = all threads. */
	wakeAll(queue?: number): void {
		for (let seat = NO_SEAT + 1, at = SEAT_WORDS, end = this.#end; seat < end; seat++, at += SEAT_WORDS) {
			const isMeant =
				queue === undefined ? this.#words[at + IS_TAKEN] !== 0 : Atomics.load(this.#words, at + QUEUE) === queue + 1;
			if (isMeant) this.wake(seat);
		}
	}

	/** A number that changes with each wake-up: read it, look, and then wait for the next. */
	wakes(seat: number): number {
		return Atomics.load(this.#words, seat * SEAT_WORDS + WAKE);
	}

	/** Sleeps until the thread is woken, unless it was since `seen`; at most `milliseconds`. The thread's own. */
	sleep(seat: number, seen: number, milliseconds: number): void {
		Atomics.wait(this.#words, seat * SEAT_WORDS + WAKE, seen, milliseconds);
	}

	/** Resolves when the thread is woken; undefined = it was since `seen`. The thread's own; its event loop has to run. */
	woken(seat: number, seen: number): Promise<unknown> | undefined {
		const { async, value } = Atomics.waitAsync(this.#words, seat * SEAT_WORDS + WAKE, seen);
		return async ? value : undefined;
	}
}
