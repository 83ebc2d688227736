import { NO_SEAT } from './task-seats.ts';
import { NUMBER, OFFERED, QUEUE } from './task-slots.ts';
import * as state from './task-states.ts';
import type { TaskTable } from './task-table.ts';

/**
 * What the main thread does with tasks that threads of other servers may receive; it has a seat as a helper. A task on loan
 * is queued still, but nobody here receives it, and its sender does not withdraw it: `receive()` or `giveBack()` comes soon.
 * Only its sender's end makes an end to that. Main thread.
 */
export class TaskLoans {
	readonly table: TaskTable;
	readonly seat: number;

	/** @param table the view of that seat */
	constructor(table: TaskTable, seat: number) {
		this.table = table;
		this.seat = seat;
	}

	/**
	 * Tasks that no thread of the queue has been offered alone, the oldest first, at most so many. None that came from another
	 * server: that one waits for this one, and would learn nothing of a third.
	 */
	waiting(queue: number, most: number): number[] {
		const { slots, seats } = this.table;
		const found: number[] = [];
		for (let slot = 0, used = slots.used; slot < used; slot++) {
			const word = slots.word(slot);
			if (!state.isQueued(word) || seats.isHelper(state.seatOf(word))) continue;
			if (slots.get(slot, QUEUE) === queue && slots.get(slot, OFFERED) === NO_SEAT)
				found.push(state.ticketOf(slot, state.turnOf(word)));
		}
		return found.sort((a, b) => (slots.get(a, NUMBER) - slots.get(b, NUMBER)) | 0).slice(0, most);
	}

	/** A copy of the payload of a task that is on loan from now on; undefined = it does not wait any longer. */
	lend(ticket: number): Uint8Array | undefined {
		const { slots } = this.table;
		const word = slots.wordOf(ticket);
		if (word === undefined || !state.isQueued(word)) return undefined;
		if (!slots.change(ticket, word, word | state.RECEIVER)) return undefined;
		const payload = slots.copyPayload(ticket);
		// The sender may have ended meanwhile, and something else be where its payload was.
		return this.table.isLent(ticket) ? payload : undefined;
	}

	/** Nobody elsewhere has picked it up. */
	giveBack(ticket: number): void {
		const { slots, seats } = this.table;
		const word = slots.wordOf(ticket);
		if (word === undefined || !state.isLent(word)) return;
		const queue = slots.get(ticket, QUEUE);
		const sender = slots.senderOf(ticket);
		if (!slots.change(ticket, word, word & ~state.RECEIVER)) return;
		seats.wake(sender);
		seats.wakeAll(queue);
	}

	/** A thread elsewhere has picked it up, where it is counted, too: this seat stands for it. False = its sender has ended. */
	receive(ticket: number): boolean {
		const { slots, seats } = this.table;
		const word = slots.wordOf(ticket);
		if (word === undefined || !state.isLent(word)) return false;
		const sender = slots.senderOf(ticket);
		const taken = state.wordOf(state.turnOf(word), this.seat, state.SENDER | state.RECEIVER, state.TAKEN);
		if (!slots.change(ticket, word, taken)) return false;
		// It may take hours, and nobody needs the payload any more.
		slots.takePayload(ticket, new Uint8Array());
		seats.wake(sender);
		return true;
	}
}
