/**
 * Where things lie in the shared memory of a scope's tasks: seats (one per thread), queues (one per cell of the board),
 * slots (one per task), and the table of the chunks that hold payloads and updates.
 */
const HEADER_WORDS = 16;

/** Numbers tasks in the order in which they were queued; wraps at 32 bits. */
export const SEQUENCE = 0;
/** Slots that were ever in use: those behind them need not be looked at. */
export const SLOTS_USED = 1;
/** The same for chunks. */
export const CHUNKS_USED = 2;

/** Threads of a scope that can send and receive; seat 0 stands for the main thread, or for no thread. */
export const SEATS = 256;
export const SEAT_WORDS = 16;
/** Tasks of a scope that are not over at a time. */
export const SLOTS = 1024;
export const SLOT_BITS = 10;
export const SLOT_WORDS = 64;
/** As many as the board can have cells. */
export const QUEUES = 256;
export const QUEUE_WORDS = 16;
/** In the words of a queue: the seat of who helps with it. */
export const HELPER = 5;
/** Updates that wait for the sender, per task. */
export const UPDATES = 16;
export const CHUNK_BYTES = 1024;

/** Shared by all tasks, bytes: at least so much, and enough for a few of the largest. */
const LEAST_MEMORY = 64 * 1024 * 1024;
const LARGEST_AT_ONCE = 4;
const BYTES_AT_FIRST = 64 * CHUNK_BYTES;

export const SEATS_AT = HEADER_WORDS;
export const QUEUES_AT = SEATS_AT + SEATS * SEAT_WORDS;
export const SLOTS_AT = QUEUES_AT + QUEUES * QUEUE_WORDS;
export const OWNERS_AT = SLOTS_AT + SLOTS * SLOT_WORDS;

/** What is sent to a thread so that it can open the tasks. `largest`: bytes of one payload or update. */
export type TaskBuffers = { control: SharedArrayBuffer; data: SharedArrayBuffer; chunks: number; largest: number };

/** Makes the buffers; pages that no task touches cost nothing. @param largest see TaskBuffers; 0 = there are no tasks */
export function createTaskBuffers(largest: number): TaskBuffers {
	const bytes = largest === 0 ? BYTES_AT_FIRST : Math.max(LEAST_MEMORY, LARGEST_AT_ONCE * largest);
	const chunks = Math.ceil(bytes / CHUNK_BYTES);
	return {
		control: new SharedArrayBuffer((OWNERS_AT + 2 * chunks) * 4),
		data: new SharedArrayBuffer(BYTES_AT_FIRST, { maxByteLength: chunks * CHUNK_BYTES }),
		chunks,
		largest,
	};
}

/** Where the words of a queue begin. Queues are known by the handle of their sidekick, whose lowest bits are its cell. */
export function placeOfQueue(queue: number): number {
	return (queue & (QUEUES - 1)) * QUEUE_WORDS;
}
