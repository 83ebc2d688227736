import { SLOT_BITS } from './task-layout.ts';

/**
 * The word that says what a slot is: of 31 bits, from the lowest, the state (3), who holds the task (2), a seat (8), and
 * the turn: how often the slot was given out. One compare-and-exchange changes all of it, so a thread may die between any
 * two of them, and the word still says what it was about.
 */
export const FREE = 0;
/** The sender fills it; the seat is the sender's, and so while it is queued. */
export const OPEN = 1;
/** A receiver that holds it too has it on loan: whether a thread elsewhere picks it up is not known yet. */
export const QUEUED = 2;
/** A thread has received it; the seat is the receiver's from now on. */
export const TAKEN = 3;
export const COMPLETED = 4;
/** The receiver's run has ended with the task open. */
export const ABORTED = 5;
/** The sender has given up. */
export const ABANDONED = 6;
/** Its memory is given back by the thread of the seat, the last one that held it. */
export const CLOSING = 7;

/** Who still has to let go of the task. */
export const SENDER = 8;
export const RECEIVER = 16;

const STATE_MASK = 7;
const HOLDS_MASK = SENDER | RECEIVER;
const SEAT_SHIFT = 5;
const SEAT_MASK = 0xff;
const TURN_SHIFT = 13;
const MAX_TURN = 2 ** 18 - 1;

export function wordOf(turn: number, seat: number, holds: number, state: number): number {
	return (turn << TURN_SHIFT) | (seat << SEAT_SHIFT) | holds | state;
}

export function stateOf(word: number): number {
	return word & STATE_MASK;
}

export function holdsOf(word: number): number {
	return word & HOLDS_MASK;
}

/** Whether anybody may receive it. */
export function isQueued(word: number): boolean {
	return (word & (STATE_MASK | RECEIVER)) === QUEUED;
}

/** Whether it is on loan. */
export function isLent(word: number): boolean {
	return (word & (STATE_MASK | RECEIVER)) === (QUEUED | RECEIVER);
}

export function seatOf(word: number): number {
	return (word >> SEAT_SHIFT) & SEAT_MASK;
}

export function turnOf(word: number): number {
	return word >> TURN_SHIFT;
}

/** Turns count from 1, so that a ticket is never 0. */
export function nextTurn(turn: number): number {
	return turn >= MAX_TURN ? 1 : turn + 1;
}

/** What names one task of a scope: its slot, and the turn. */
export function ticketOf(slot: number, turn: number): number {
	return slot | (turn << SLOT_BITS);
}

export function slotOf(ticket: number): number {
	return ticket & ((1 << SLOT_BITS) - 1);
}

export function turnOfTicket(ticket: number): number {
	return ticket >> SLOT_BITS;
}
