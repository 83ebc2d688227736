import { SLOT_WORDS, SLOTS, SLOTS_AT, SLOTS_USED, type TaskBuffers, UPDATES } from './task-layout.ts';
import { NO_CHUNK, TaskMemory } from './task-memory.ts';
import * as state from './task-states.ts';

const STATE = 0;
const SENDER_SEAT = 1;
export const QUEUE = 2;
export const NUMBER = 3;
/** The seat that may take it before all others, for a moment; 0 = any. */
export const OFFERED = 4;
const PAYLOAD = 5;
const PAYLOAD_LENGTH = 6;
/** Updates since the beginning, modulo 2^32. */
const WRITTEN = 7;
const READ = 8;
/** A thread has died with it: only the owners of chunks say what belongs to it. */
const IS_DAMAGED = 9;
/** See the constants below. */
export const LAST = 12;
/** When it was received, milliseconds since 1970: a float of 64 bits. */
const TAKEN_AT = 10;
/** The last update has been written; the sender has read it, and then let go: so the task is complete. */
export const LAST_WRITTEN = 1;
export const LAST_READ = 2;
const ENTRIES = 16;
const ENTRY_WORDS = 2;

/** The slots, and what lies in them; who may do what when is the business of TaskTable. */
export class TaskSlots {
	readonly memory: TaskMemory;
	readonly #words: Int32Array;
	readonly #floats: Float64Array;
	readonly #header: Int32Array;

	constructor(buffers: TaskBuffers) {
		this.memory = new TaskMemory(buffers);
		this.#words = new Int32Array(buffers.control, SLOTS_AT * 4, SLOTS * SLOT_WORDS);
		this.#floats = new Float64Array(buffers.control, SLOTS_AT * 4, (SLOTS * SLOT_WORDS) / 2);
		this.#header = new Int32Array(buffers.control, 0, SLOTS_AT);
	}

	/** Slots that may be in use are those below. */
	get used(): number {
		return Atomics.load(this.#header, SLOTS_USED);
	}

	/** The state word of a slot; takes a ticket, too. */
	word(slot: number): number {
		return Atomics.load(this.#words, baseOf(slot) + STATE);
	}

	/** The state word of a task; undefined = its slot is not that task's any more. */
	wordOf(ticket: number): number | undefined {
		const word = this.word(ticket);
		return state.turnOf(word) === state.turnOfTicket(ticket) ? word : undefined;
	}

	/** Whether the word was `from`, and is `to` now. */
	change(slot: number, from: number, to: number): boolean {
		return Atomics.compareExchange(this.#words, baseOf(slot) + STATE, from, to) === from;
	}

	get(slot: number, field: number): number {
		return Atomics.load(this.#words, baseOf(slot) + field);
	}

	set(slot: number, field: number, value: number): void {
		Atomics.store(this.#words, baseOf(slot) + field, value);
	}

	/** Gives out a free slot; undefined = there is none. Returns its ticket. */
	open(seat: number): number | undefined {
		for (let slot = 0; slot < SLOTS; slot++) {
			const word = this.word(slot);
			if (state.stateOf(word) !== state.FREE) continue;
			const turn = state.nextTurn(state.turnOf(word));
			this.#use(slot + 1);
			if (!this.change(slot, word, state.wordOf(turn, seat, state.SENDER, state.OPEN))) continue;
			this.set(slot, SENDER_SEAT, seat);
			this.set(slot, IS_DAMAGED, 0);
			this.set(slot, PAYLOAD, NO_CHUNK);
			this.set(slot, WRITTEN, 0);
			this.set(slot, READ, 0);
			this.set(slot, LAST, 0);
			return state.ticketOf(slot, turn);
		}
		return undefined;
	}

	/** The seat of the sender; meaningful while it holds the task. */
	senderOf(ticket: number): number {
		return this.get(ticket, SENDER_SEAT);
	}

	/** False = there is no room. */
	writePayload(ticket: number, bytes: Uint8Array): boolean {
		const first = this.memory.write(ticket, bytes);
		if (first === NO_CHUNK) return false;
		this.set(ticket, PAYLOAD_LENGTH, bytes.length);
		this.set(ticket, PAYLOAD, first);
		return true;
	}

	payloadLength(ticket: number): number {
		return this.get(ticket, PAYLOAD_LENGTH);
	}

	/** Copies the payload, and gives its memory back. */
	takePayload(ticket: number, target: Uint8Array): void {
		const first = this.get(ticket, PAYLOAD);
		if (first === NO_CHUNK) return;
		this.memory.read(first, target);
		this.set(ticket, PAYLOAD, NO_CHUNK);
		this.memory.free(ticket, first);
	}

	/** Copies the payload, and keeps it. */
	copyPayload(ticket: number): Uint8Array {
		const bytes = new Uint8Array(this.payloadLength(ticket));
		this.memory.read(this.get(ticket, PAYLOAD), bytes);
		return bytes;
	}

	markTaken(ticket: number, now: number): void {
		this.#floats[(baseOf(ticket) + TAKEN_AT) >> 1] = now;
	}

	takenAt(ticket: number): number {
		return this.#floats[(baseOf(ticket) + TAKEN_AT) >> 1] as number;
	}

	/** Updates that were written and not read. */
	unread(ticket: number): number {
		return (this.get(ticket, WRITTEN) - this.get(ticket, READ)) | 0;
	}

	/** How many updates were written, modulo 2^32. */
	written(ticket: number): number {
		return this.get(ticket, WRITTEN);
	}

	/** False = there is no room. The receiver, while fewer than UPDATES are unread. */
	writeUpdate(ticket: number, bytes: Uint8Array, isLast: boolean): boolean {
		const first = this.memory.write(ticket, bytes);
		if (first === NO_CHUNK) return false;
		const written = this.get(ticket, WRITTEN);
		this.set(ticket, entryOf(written), first);
		this.set(ticket, entryOf(written) + 1, bytes.length);
		if (isLast) this.set(ticket, LAST, LAST_WRITTEN);
		this.set(ticket, WRITTEN, (written + 1) | 0);
		return true;
	}

	/** Length of the oldest unread update, bytes. The sender, while there is one. */
	updateLength(ticket: number): number {
		return this.get(ticket, entryOf(this.get(ticket, READ)) + 1);
	}

	/** Copies the oldest unread update, and makes room for another one. The sender. */
	takeUpdate(ticket: number, target: Uint8Array): void {
		const read = this.get(ticket, READ);
		const first = this.get(ticket, entryOf(read));
		this.memory.read(first, target);
		this.memory.free(ticket, first);
		this.set(ticket, READ, (read + 1) | 0);
	}

	/** A thread has died with it. */
	markDamaged(ticket: number): void {
		this.set(ticket, IS_DAMAGED, 1);
	}

	/** Gives all memory of the task back. The last one that held it. */
	free(ticket: number): void {
		if (this.get(ticket, IS_DAMAGED) !== 0) {
			this.memory.sweep(ticket);
			return;
		}
		const payload = this.get(ticket, PAYLOAD);
		if (payload !== NO_CHUNK) this.memory.free(ticket, payload);
		const written = this.get(ticket, WRITTEN);
		for (let read = this.get(ticket, READ); read !== written; read = (read + 1) | 0) {
			this.memory.free(ticket, this.get(ticket, entryOf(read)));
		}
	}

	#use(count: number): void {
		for (;;) {
			const used = this.used;
			if (used >= count || Atomics.compareExchange(this.#header, SLOTS_USED, used, count) === used) return;
		}
	}
}

function baseOf(slotOrTicket: number): number {
	return state.slotOf(slotOrTicket) * SLOT_WORDS;
}

function entryOf(count: number): number {
	return ENTRIES + (count & (UPDATES - 1)) * ENTRY_WORDS;
}
